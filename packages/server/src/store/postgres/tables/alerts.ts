/** Alerts and what is to be sent of them, and what limits have refused. */
export const alertTables = `
  CREATE TABLE alert (
    n          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the order in which they were raised
    id         text   NOT NULL UNIQUE,
    kind       text   NOT NULL,
    at         bigint NOT NULL,
    account    text,        -- NULL: the operator's alone
    body       text   NOT NULL,
    occasion   text UNIQUE, -- NULL: it is over, or the alert is unlike any other
    keep_until bigint       -- NULL: until its occasion is over
  );
  CREATE INDEX alert_by_account ON alert (account, n);
  CREATE INDEX alert_by_end ON alert (keep_until) WHERE keep_until IS NOT NULL;

  CREATE TABLE delivery (
    alert    text    NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
    endpoint text    NOT NULL,
    place    integer NOT NULL, -- the order in which an alert's endpoints were named
    host     text    NOT NULL,
    state    text    NOT NULL,
    attempts integer NOT NULL,
    trouble  text,             -- why the last attempt failed
    ended_at bigint,
    next_at  bigint  NOT NULL, -- while an attempt is under way: when it is given up on
    PRIMARY KEY (alert, endpoint)
  );
  CREATE INDEX delivery_due ON delivery (next_at) WHERE state = 'waiting';

  CREATE TABLE lead (of text PRIMARY KEY, who text NOT NULL, until bigint NOT NULL);

  CREATE TABLE refusal (
    n        bigint PRIMARY KEY, -- the order in which they were first counted, without a gap
    minute   bigint NOT NULL,
    account  text   NOT NULL,
    key_id   text   NOT NULL,
    limit_id text   NOT NULL,
    subject  text   NOT NULL,
    kind     text   NOT NULL,
    "window" text   NOT NULL,
    refused  bigint NOT NULL,
    UNIQUE (minute, key_id, limit_id)
  );
  CREATE INDEX refusal_by_account ON refusal (account, n);

  -- Whoever counts takes this row, so that numbers have no gaps.
  CREATE TABLE refusal_turn (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row));
  INSERT INTO refusal_turn DEFAULT VALUES;
`
