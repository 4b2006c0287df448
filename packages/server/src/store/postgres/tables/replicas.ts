/** Who shares the database at the moment, and what they must have in common. */
export const replicaTables = `
  CREATE TABLE replica (
    id            text    PRIMARY KEY,
    host          text    NOT NULL, -- the machine's or container's name, to be shown
    pid           integer NOT NULL,
    started_at    bigint  NOT NULL, -- ms since the epoch, by the database's clock
    seen_at       bigint  NOT NULL, -- likewise
    version       text    NOT NULL, -- of the program
    configuration text    NOT NULL, -- what each section is recognised by, as JSON
    connections   integer NOT NULL  -- that it opens at the most
  );

  -- What secrets are recognised by that must be the same everywhere.
  CREATE TABLE secret_mark (name text PRIMARY KEY, mark text NOT NULL);
`
