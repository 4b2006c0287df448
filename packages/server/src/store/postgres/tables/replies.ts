/** Answers that may be asked for again. */
export const replyTables = `
  CREATE TABLE reply (
    place       text    PRIMARY KEY,
    fingerprint text    NOT NULL,
    until       bigint  NOT NULL,
    kept        bigint,  -- the order in which replies were kept; NULL: it is under way
    bytes       bigint,  -- how long it is: read without it
    reply       bytea
  );
  CREATE SEQUENCE reply_kept;
  CREATE INDEX reply_by_age ON reply (kept) INCLUDE (bytes) WHERE kept IS NOT NULL;
  CREATE INDEX reply_by_end ON reply (until);

  -- Whoever makes room takes this row: two who throw the same replies away could wait for each other.
  CREATE TABLE reply_turn (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row));
  INSERT INTO reply_turn DEFAULT VALUES;
`
