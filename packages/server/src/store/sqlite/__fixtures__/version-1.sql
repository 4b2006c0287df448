-- A database as the first version of its tables had it, with rows as they were written then.
PRAGMA application_id = 0x53706b61;

CREATE TABLE ledger (
  id                  TEXT    NOT NULL PRIMARY KEY,
  key_id              TEXT,
  created_at          INTEGER NOT NULL,
  upstream_id         TEXT,
  model               TEXT,
  outcome             TEXT    NOT NULL,
  input_tokens        INTEGER,
  cached_input_tokens INTEGER,
  output_tokens       INTEGER,
  charge_pico         INTEGER,
  details             TEXT    NOT NULL -- the rest of the record, as JSON
) STRICT;

-- The one index beside the id, and in the order of arrival: an index by the upstream's id, which is random, would touch
-- a page for every row and double the price of a commit. Who asks by that id asks for a recent answer of one key.
CREATE INDEX ledger_by_key ON ledger (key_id, created_at, upstream_id);

CREATE TRIGGER ledger_is_never_changed BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: an entry is never changed'); END;

CREATE TRIGGER ledger_is_never_deleted BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: an entry is never deleted'); END;

CREATE TABLE virtual_key (
  id         TEXT    NOT NULL PRIMARY KEY,
  name       TEXT    NOT NULL,
  mode       TEXT    NOT NULL CHECK (mode IN ('live', 'test')),
  digest     TEXT    NOT NULL UNIQUE,
  plan       TEXT    NOT NULL,
  limits     TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;

CREATE TABLE virtual_key_version (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), version INTEGER NOT NULL) STRICT;
INSERT INTO virtual_key_version VALUES (1, 0);

CREATE TRIGGER virtual_key_inserted AFTER INSERT ON virtual_key
BEGIN UPDATE virtual_key_version SET version = version + 1; END;

CREATE TRIGGER virtual_key_updated AFTER UPDATE ON virtual_key
BEGIN UPDATE virtual_key_version SET version = version + 1; END;

CREATE TRIGGER virtual_key_deleted AFTER DELETE ON virtual_key
BEGIN UPDATE virtual_key_version SET version = version + 1; END;

PRAGMA user_version = 1;

INSERT INTO ledger VALUES ('019cec00-0000-7000-8000-000000000001', 'key_A', 1773489600000, 'chatcmpl-1', 'acme/fast', 'complete', 1200, 1000, 340, 698000000, '{"endpoint":"chat","stream":true,"period":"2026-03","requestedModel":"fast","provider":"acme","upstreamModel":"fast-large-2","finishReason":"stop","durationMs":813.125,"firstOutputMs":131,"attempts":[{"provider":"acme","upstreamModel":"fast-large-2","model":"acme/fast","startedMs":0.25,"durationMs":812.5,"firstOutputMs":130.75,"outcome":"answered","status":200}],"reasoningTokens":100,"price":{"input":"270000","output":"1100000","source":"config","asOf":"2026-01"}}');
INSERT INTO ledger VALUES ('019cec00-0000-7000-8000-000000000002', 'key_B', 1773489600000, NULL, 'acme/fast', 'complete', 7, NULL, NULL, NULL, '{"endpoint":"chat","stream":true,"period":"2026-03","requestedModel":"fast","provider":"acme","upstreamModel":"fast-large-2","finishReason":"stop","durationMs":813.125,"firstOutputMs":131,"attempts":[{"provider":"acme","upstreamModel":"fast-large-2","model":"acme/fast","startedMs":0.25,"durationMs":812.5,"firstOutputMs":130.75,"outcome":"answered","status":200}]}');
INSERT INTO ledger VALUES ('019cec00-0000-7000-8000-000000000003', NULL, 1773489600000, 'chatcmpl-3', NULL, 'failed', NULL, NULL, NULL, 0, '{"endpoint":"chat","stream":true,"period":"2026-03","requestedModel":"fast","provider":"acme","upstreamModel":"fast-large-2","errorCode":"upstream_error","durationMs":813.125,"firstOutputMs":131,"attempts":[{"provider":"acme","upstreamModel":"fast-large-2","model":"acme/fast","startedMs":0.25,"durationMs":812.5,"firstOutputMs":130.75,"outcome":"answered","status":200}],"price":{"input":"270000","output":"1100000","source":"config","asOf":"2026-01"}}');
INSERT INTO ledger VALUES ('019cec00-0000-7000-8000-000000000004', 'key_A', 1773489600000, 'chatcmpl-4', 'acme/fast', 'complete', 12, NULL, 3, 9007199254740993, '{"endpoint":"chat","stream":true,"period":"2026-03","requestedModel":"fast","metadata":{"team":"blue “🐢”"},"provider":"acme","upstreamModel":"fast-large-2","finishReason":"stop","estimated":true,"durationMs":813.125,"firstOutputMs":131,"attempts":[{"provider":"acme","upstreamModel":"fast-large-2","model":"acme/fast","startedMs":0,"durationMs":1,"outcome":"rate_limit","status":429,"message":"Slow down","cost":"77"}],"images":2,"price":{"input":"270000","output":"1100000","source":"config","asOf":"2026-01"}}');

INSERT INTO virtual_key VALUES ('key_A', 'first', 'live', 'digest-a', 'none', '{}', 1773489600000, NULL, NULL);
