/** Responses that callers go on with and ask about. */
export const responseTables = `
  CREATE TABLE response (
    id      text   PRIMARY KEY, -- of the request that made it
    account text   NOT NULL,
    until   bigint NOT NULL,    -- ms since the epoch
    sealed  bytea  NOT NULL
  );
  -- It is compressed and encrypted: the database need not try again.
  ALTER TABLE response ALTER COLUMN sealed SET STORAGE EXTERNAL;
  CREATE INDEX response_by_end ON response (until);
`
