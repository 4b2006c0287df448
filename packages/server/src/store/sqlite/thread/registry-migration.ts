/**
 * Everything that is managed becomes a row of one table, and every change of it an entry of the audit. Keys are copied,
 * and their old table goes, so that a program of an older version cannot go on with keys that have been revoked.
 */
export const registryMigration = `
  CREATE TABLE registry (
    kind       TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    lookup     TEXT,             -- what it may be found by beside its id
    labels     INTEGER NOT NULL, -- of a key, the id of its label set; 0: none
    revision   INTEGER NOT NULL, -- how often this record was written
    version    INTEGER NOT NULL, -- which change of the registry wrote it last
    created_at INTEGER NOT NULL,
    body       TEXT    NOT NULL, -- the rest of the record, as JSON; no secret
    PRIMARY KEY (kind, id),
    UNIQUE (kind, lookup)
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX registry_by_age ON registry (kind, created_at, id);
  CREATE INDEX registry_by_account ON registry (kind, account, created_at, id);
  CREATE INDEX registry_by_version ON registry (version);

  CREATE TABLE label_set (id INTEGER PRIMARY KEY, labels TEXT NOT NULL UNIQUE) STRICT;

  -- No change of a key, and often written: so it is neither in its record nor in the audit.
  CREATE TABLE key_use (key_id TEXT NOT NULL PRIMARY KEY, used_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE audit (
    n        INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    action   TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    object   TEXT    NOT NULL,
    account  TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    before   TEXT,
    after    TEXT    NOT NULL,
    previous TEXT    NOT NULL,
    hash     TEXT    NOT NULL
  ) STRICT;

  CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit is append-only: an entry is never changed'); END;

  CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit is append-only: an entry is never deleted'); END;

  INSERT INTO registry (kind, id, account, lookup, labels, revision, version, created_at, body)
  VALUES ('account', 'default', 'default', NULL, 0, 1, 1, 0, '{"name":"default","plan":"none","status":"active"}');

  -- A patch with null takes a member away: what a key does not have is not in its body.
  INSERT INTO registry (kind, id, account, lookup, labels, revision, version, created_at, body)
  SELECT 'key', id, 'default', digest, 0, 1, 1, created_at, json_patch('{}', json_object(
    'name', name, 'mode', mode, 'limits', json(limits), 'expiresAt', expires_at, 'revokedAt', revoked_at))
  FROM virtual_key;

  DROP TABLE virtual_key;
  DROP TABLE virtual_key_version;
`
