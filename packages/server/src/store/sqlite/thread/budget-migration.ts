/** Budgets, and what owners are lent of them. Rows from before this name none, so none of them is ever looked through. */
export const budgetMigration = `
  -- Up to which of its rows charges are counted in budgets; NULL: none of its rows can name one.
  ALTER TABLE owner ADD COLUMN counted_n INTEGER;
  -- Grows each time that its process is heard of: ms since the epoch, or more.
  ALTER TABLE owner ADD COLUMN heard_at INTEGER;
  -- The number of the last lease call that was carried out.
  ALTER TABLE owner ADD COLUMN last_call INTEGER NOT NULL DEFAULT 0;

  -- One limit on money in one of its windows. Made when somebody wants money of it, and never deleted: rows name it.
  CREATE TABLE budget (
    number          INTEGER PRIMARY KEY,
    id              TEXT    NOT NULL UNIQUE,
    cap_pico        INTEGER NOT NULL,
    revision        INTEGER NOT NULL, -- of its limit, which the cap is of
    before_pico     INTEGER NOT NULL, -- what its window had spent in rows that do not name it
    before_is_final INTEGER NOT NULL, -- 0: some of them may still be on their way
    spent_pico      INTEGER NOT NULL  -- charged by rows that name it and count in no lease any more
  ) STRICT;

  CREATE TABLE lease (
    owner        INTEGER NOT NULL,
    budget       INTEGER NOT NULL,
    granted_pico INTEGER NOT NULL, -- all that was lent and has not come back, what its rows charged included
    held_pico    INTEGER NOT NULL, -- of that, set aside for requests under way, as its owner has told
    charged_pico INTEGER NOT NULL, -- by its owner's rows up to counted_n
    grants       INTEGER NOT NULL, -- the lease call by which it was lent last
    PRIMARY KEY (owner, budget)
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX lease_by_budget ON lease (budget);
`
