/** Counts of units that have a column. One more is a step of its own, which also takes all sums out, so that they are made anew. */
export const COUNT_COLUMNS = [
  'inputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'cacheWrite1hTokens',
  'outputTokens',
  'reasoningTokens',
  'audioInputTokens',
  'audioOutputTokens',
  'images',
  'searches',
  'seconds',
  'characters',
  'billedRequests',
] as const

const counts = COUNT_COLUMNS.map((name) => `"${name}" bigint NOT NULL DEFAULT 0`).join(', ')

/**
 * Sums over the ledger's rows, which can be made again of them. Every one is of one owner, so that whoever folds the rows of one is in
 * nobody's way; those of owners that have ended are brought together under the owner 0, which is nobody.
 */
export const projectionTables = `
  -- Raised when everything is taken out to be made anew.
  CREATE TABLE projection (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), generation bigint NOT NULL);
  INSERT INTO projection (generation) VALUES (1);

  -- How far the rows of each owner are in the sums. Whoever folds them has its row.
  CREATE TABLE place (
    owner     bigint PRIMARY KEY,
    n         bigint  NOT NULL DEFAULT 0,
    is_merged boolean NOT NULL DEFAULT false -- its sums are under the owner 0
  );
  INSERT INTO place (owner, is_merged) VALUES (0, true);

  -- What the numbers of the other tables stand for, as JSON: PostgreSQL's texts have neither NUL nor half of a pair. 0 is none. Found by a digest,
  -- since they may be longer than what an index takes. None is ever deleted, so whoever knows one need not ask again.
  CREATE TABLE known_text (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest text COLLATE "C" NOT NULL UNIQUE,
    text   text NOT NULL
  );

  -- Sums that are anywhere not 0: the columns of the others are never read.
  CREATE TABLE used_sum (name text PRIMARY KEY);

  CREATE TABLE usage_hour (
    hour bigint, account bigint, key bigint, labels bigint, model bigint, provider bigint, owner bigint,
    requests bigint NOT NULL DEFAULT 0, failed bigint NOT NULL DEFAULT 0, unpriced bigint NOT NULL DEFAULT 0,
    charge numeric NOT NULL DEFAULT 0, cost numeric NOT NULL DEFAULT 0, ${counts},
    PRIMARY KEY (hour, account, key, labels, model, provider, owner)
  ) WITH (fillfactor = 80);
  CREATE INDEX usage_hour_by_account ON usage_hour (account, hour);
  CREATE INDEX usage_hour_by_key ON usage_hour (key, hour);
  CREATE INDEX usage_hour_by_owner ON usage_hour (owner);

  -- How many requests an hour has. They only become more until all sums are made anew, so that the count says whether what was read is as it was.
  CREATE TABLE usage_hour_count (
    hour bigint, owner bigint,
    requests bigint NOT NULL,
    PRIMARY KEY (hour, owner)
  ) WITH (fillfactor = 80);
  CREATE INDEX usage_hour_count_by_owner ON usage_hour_count (owner);

  -- How long requests took, by the buckets of time-buckets.
  CREATE TABLE usage_hour_time (
    hour bigint, account bigint, bucket bigint, owner bigint,
    durations bigint NOT NULL DEFAULT 0, first_outputs bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (hour, account, bucket, owner)
  ) WITH (fillfactor = 80);
  CREATE INDEX usage_hour_time_by_owner ON usage_hour_time (owner);

  -- Requests that ended in an error, by whose fault it was.
  CREATE TABLE usage_fault (
    hour bigint, model bigint, fault bigint, owner bigint,
    requests bigint NOT NULL,
    PRIMARY KEY (hour, model, fault, owner)
  );
  CREATE INDEX usage_fault_by_owner ON usage_fault (owner);

  CREATE TABLE usage_customer_day (
    day bigint, account bigint, customer bigint, owner bigint,
    requests bigint NOT NULL DEFAULT 0, failed bigint NOT NULL DEFAULT 0, unpriced bigint NOT NULL DEFAULT 0,
    charge numeric NOT NULL DEFAULT 0, cost numeric NOT NULL DEFAULT 0, ${counts},
    PRIMARY KEY (day, account, customer, owner)
  ) WITH (fillfactor = 80);
  CREATE INDEX usage_customer_day_by_account ON usage_customer_day (account, day);
  CREATE INDEX usage_customer_day_by_customer ON usage_customer_day (customer, day);
  CREATE INDEX usage_customer_day_by_owner ON usage_customer_day (owner);

  -- What is to be billed. The price is that of the row, as JSON; 0 for charges that are not what their units cost.
  CREATE TABLE usage_price (
    account bigint, month bigint, key bigint, labels bigint, model bigint, price bigint, owner bigint,
    requests bigint NOT NULL DEFAULT 0, charge numeric NOT NULL DEFAULT 0, ${counts},
    PRIMARY KEY (account, month, key, labels, model, price, owner)
  ) WITH (fillfactor = 80);
  CREATE INDEX usage_price_by_owner ON usage_price (owner);

  -- Which rows a filter leaves, by time.
  CREATE TABLE request_index (
    owner bigint, n bigint, time bigint NOT NULL,
    upstream bigint NOT NULL, account bigint NOT NULL, key bigint NOT NULL, labels bigint NOT NULL, customer bigint NOT NULL,
    session bigint NOT NULL, model bigint NOT NULL, provider bigint NOT NULL, outcome bigint NOT NULL, charge bigint,
    PRIMARY KEY (owner, n)
  );
  CREATE INDEX request_by_time ON request_index (time, owner, n);
  CREATE INDEX request_by_upstream ON request_index (upstream) WHERE upstream <> 0;
  CREATE INDEX request_by_session ON request_index (session, time, owner, n) WHERE session <> 0;
  CREATE INDEX request_by_customer ON request_index (customer, time, owner, n) WHERE customer <> 0;
  CREATE INDEX request_by_key ON request_index (key, time, owner, n);
  -- Most requests are complete (0): of those an index is no help.
  CREATE INDEX request_by_outcome ON request_index (outcome, time, owner, n) WHERE outcome <> 0;
  CREATE INDEX request_by_model ON request_index (model, time, owner, n);
  CREATE INDEX request_by_provider ON request_index (provider, time, owner, n);
  CREATE INDEX request_by_account ON request_index (account, time, owner, n);
`
