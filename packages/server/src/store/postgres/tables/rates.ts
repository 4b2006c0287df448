/** Rates that replicas share: who counts them, who asks, and what is counted where that is this database. */
export const rateTables = `
  CREATE SEQUENCE rate_epoch_number;

  CREATE TABLE rate_epoch (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch    bigint NOT NULL,
    life     text,           -- the life of the Redis that counts; null: this database does
    series   text   NOT NULL -- names whose rates these are, in a Redis that others may use too
  );
  INSERT INTO rate_epoch (epoch, life, series) VALUES (nextval('rate_epoch_number'), NULL, gen_random_uuid()::text);

  CREATE TABLE rate_member (
    member   text PRIMARY KEY,
    heard    timestamptz NOT NULL,
    has_left boolean     NOT NULL DEFAULT false,
    sees     text,                 -- the life of the Redis that it reaches
    reported bigint      NOT NULL, -- in which epoch it is known what it had been handed before
    told     text        NOT NULL, -- what it had been handed, as it told last
    told_at  timestamptz NOT NULL
  );

  -- One row a limit and whom it counts for.
  CREATE TABLE rate (
    place text PRIMARY KEY,
    state bytea       NOT NULL,
    until timestamptz NOT NULL -- from then on nothing of it counts
  );
`
