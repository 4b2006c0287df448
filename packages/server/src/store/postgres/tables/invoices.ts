/** Invoices: what was issued, as it was issued. */
export const invoiceTables = `
  CREATE TABLE invoice (
    n             bigint PRIMARY KEY,      -- 1, 2, 3: the order in which they were issued, without a gap
    number        text   NOT NULL UNIQUE,
    account       text   NOT NULL,
    month         text   NOT NULL,         -- YYYY-MM, in UTC
    issued_at     bigint NOT NULL,         -- ms since the epoch
    body          text   NOT NULL,         -- canonical JSON
    previous_hash text   NOT NULL,
    hash          text   NOT NULL,
    UNIQUE (account, month)
  );
  CREATE INDEX invoice_by_month ON invoice (month, n);
  CREATE INDEX invoice_by_year ON invoice (left(number, 5), n);

  -- Whoever issues takes this row, so that invoices are issued one after the other: numbers have no gaps, and each follows the one before.
  CREATE TABLE invoice_turn (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row));
  INSERT INTO invoice_turn DEFAULT VALUES;

  CREATE TRIGGER invoice_is_never_changed BEFORE UPDATE OR DELETE ON invoice FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER invoice_is_never_emptied BEFORE TRUNCATE ON invoice FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`
