/** One-time codes, and how often they were asked for or tried. */
export const signInTables = `
  CREATE TABLE sign_in_code (
    n       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    address text    NOT NULL, -- a digest
    code    text    NOT NULL, -- a digest
    until   bigint  NOT NULL, -- ms since the epoch
    tries   integer NOT NULL  -- wrong ones
  );
  CREATE INDEX sign_in_code_by_address ON sign_in_code (address);
  CREATE INDEX sign_in_code_by_end ON sign_in_code (until);

  CREATE TABLE sign_in_asked (
    n  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    of text   NOT NULL, -- a digest of whom it counts for
    at bigint NOT NULL
  );
  CREATE INDEX sign_in_asked_by_whom ON sign_in_asked (of, at);
  CREATE INDEX sign_in_asked_by_time ON sign_in_asked (at);
`
