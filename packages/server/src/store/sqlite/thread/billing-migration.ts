/** Invoices: what was issued, as it was issued. */
export const billingMigration = `
  CREATE TABLE invoice (
    n             INTEGER PRIMARY KEY,   -- 1, 2, 3: the order in which they were issued, without a gap
    number        TEXT    NOT NULL UNIQUE,
    account       TEXT    NOT NULL,
    month         TEXT    NOT NULL,      -- YYYY-MM, in UTC
    issued_at     INTEGER NOT NULL,      -- ms since the epoch
    body          TEXT    NOT NULL,      -- canonical JSON
    previous_hash TEXT    NOT NULL,
    hash          TEXT    NOT NULL,
    UNIQUE (account, month)
  ) STRICT;

  CREATE INDEX invoice_by_month ON invoice (month, n);

  CREATE TRIGGER invoice_is_never_changed BEFORE UPDATE ON invoice
  BEGIN SELECT RAISE(ABORT, 'an invoice that was issued is never changed'); END;

  CREATE TRIGGER invoice_is_never_deleted BEFORE DELETE ON invoice
  BEGIN SELECT RAISE(ABORT, 'an invoice that was issued is never deleted'); END;
`
