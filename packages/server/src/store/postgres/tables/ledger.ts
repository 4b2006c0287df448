/**
 * Owners and the ledger's rows.
 *
 * The rows are in partitions by month of their id, which is a UUIDv7 and begins with its moment: so the id alone says where its row is, and is
 * unique in all of them. Ids of another kind, as a copied ledger may have, and months that nobody has made yet are in the last partition.
 */
export const ledgerTables = `
  -- One life of one process that writes rows. None is ever deleted, so that no id is given twice.
  CREATE TABLE owner (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at bigint  NOT NULL,           -- ms since the epoch, by the database's clock
    host       text    NOT NULL,           -- the machine's or container's name, to be shown
    boot_id    text    NOT NULL,           -- of the machine, between two starts of it
    process    text    NOT NULL,           -- tells this process from another that had the same pid
    pid        integer NOT NULL,
    spool      text,                       -- the folder in which its rows wait while the database does not answer; NULL: none do
    state      text    NOT NULL CHECK (state IN ('alive', 'ended')),
    last_n     bigint  NOT NULL DEFAULT 0, -- the number of its last row
    heard_at   bigint  NOT NULL,           -- ms since the epoch, by the database's clock
    heard      bigint  NOT NULL DEFAULT 0, -- grows whenever the store hears of it
    ended_at   bigint,
    ended_how  text
  );
  CREATE INDEX owner_alive ON owner (id) WHERE state = 'alive';

  CREATE TABLE usage_record (
    id          text COLLATE "C" NOT NULL,
    owner       bigint  NOT NULL,
    n           bigint  NOT NULL, -- counts the rows of one owner, from 1 and without a gap
    created_at  bigint  NOT NULL,
    account     text    NOT NULL,
    key_id      text,
    charge_pico bigint,
    is_late     boolean NOT NULL DEFAULT false, -- came from a spool after its owner was dead: in no past cap
    checksum    bigint  NOT NULL, -- CRC-32 of the columns id, created_at, account, key_id, charge_pico and record, between tabs
    record      text    NOT NULL, -- the rest, as JSON
    PRIMARY KEY (id)
  ) PARTITION BY RANGE (id);
  CREATE INDEX usage_record_by_owner ON usage_record (owner, n);
  CREATE INDEX usage_record_late ON usage_record (account, created_at) WHERE is_late; -- few or none
  CREATE TABLE usage_record_other PARTITION OF usage_record DEFAULT;

  CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only: what is in it is never changed and never deleted', TG_TABLE_NAME;
  END $$;

  CREATE TRIGGER usage_record_is_never_changed BEFORE UPDATE OR DELETE ON usage_record
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER usage_record_is_never_emptied BEFORE TRUNCATE ON usage_record
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER owner_is_never_deleted BEFORE DELETE ON owner FOR EACH ROW EXECUTE FUNCTION refuse_change();
`
