import type { DatabaseSync } from 'node:sqlite'
import { Refusal } from '../sqlite-failure.ts'
import { billingMigration } from './billing-migration.ts'
import { budgetMigration } from './budget-migration.ts'
import { memberMigration } from './member-migration.ts'
import { registryMigration } from './registry-migration.ts'

/**
 * The steps from an empty file to today's tables; a database's `user_version` is how many it has taken. A step that has
 * been released never changes: add another.
 */
export const migrations: readonly string[] = [
  `
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
  `,
  `
  -- One life of one process that writes rows. None is ever deleted, so that no id is given twice.
  CREATE TABLE owner (
    id         INTEGER PRIMARY KEY,
    started_at INTEGER NOT NULL, -- ms since the epoch
    boot_id    TEXT    NOT NULL, -- of the machine, between two starts of it
    pid        INTEGER NOT NULL,
    process    TEXT    NOT NULL, -- tells this process from another that had the same pid
    state      TEXT    NOT NULL CHECK (state IN ('alive', 'ended')),
    ended_at   INTEGER,
    ended_how  TEXT,
    last_n     INTEGER           -- the number of its last row, once it has ended
  ) STRICT;

  CREATE INDEX owner_alive ON owner (id) WHERE state = 'alive';

  CREATE TRIGGER owner_is_never_deleted BEFORE DELETE ON owner
  BEGIN SELECT RAISE(ABORT, 'rows belong to their owner: an owner is never deleted'); END;

  -- The rows from now on; those of the table ledger stay where they are. What no commit and no reader looks for stands in
  -- one text, and there is no index but the one by id: each column and each index is paid for with every row.
  CREATE TABLE usage_record (
    place       INTEGER PRIMARY KEY, -- owner * 2^40 + n, where n counts the rows of one owner, from 1 and without a gap
    id          TEXT    NOT NULL UNIQUE,
    created_at  INTEGER NOT NULL,
    account     TEXT    NOT NULL,
    key_id      TEXT,
    charge_pico INTEGER,
    checksum    INTEGER NOT NULL,    -- CRC-32 of the other columns but the place, between tabs
    record      TEXT    NOT NULL     -- the rest, as JSON
  ) STRICT;

  CREATE TRIGGER usage_record_is_never_changed BEFORE UPDATE ON usage_record
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: an entry is never changed'); END;

  CREATE TRIGGER usage_record_is_never_deleted BEFORE DELETE ON usage_record
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: an entry is never deleted'); END;
  `,
  registryMigration,
  budgetMigration,
  billingMigration,
  memberMigration,
]

/**
 * Takes the steps a database has not taken yet, all or none. Several processes may try at once: one does the work, the
 * others find it done.
 */
export function migrate(db: DatabaseSync, steps: readonly string[] = migrations): void {
  // Taken even when there is nothing to do: proves at the start that the file can be written.
  db.exec('BEGIN IMMEDIATE')
  try {
    const taken = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (taken > steps.length) {
      throw new Refusal('newer', `it has version ${taken}, this program knows versions up to ${steps.length}`)
    }
    for (const step of steps.slice(taken)) db.exec(step)
    if (taken < steps.length) db.exec(`PRAGMA user_version = ${steps.length}`)
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
