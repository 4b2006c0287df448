/** Budgets, and what is lent of them. */
export const budgetTables = `
  -- Made when somebody wants money of it, and never deleted: rows name it.
  CREATE TABLE budget (
    number          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id              text    NOT NULL UNIQUE,
    cap_pico        numeric NOT NULL,
    revision        bigint  NOT NULL, -- of its limit, which the cap is of
    before_pico     numeric NOT NULL, -- what its window had spent in rows that do not name it
    before_is_final boolean NOT NULL, -- false: some of them may still be on their way
    spent_pico      numeric NOT NULL  -- charged by rows that name it and count in no lease any more
  );

  CREATE TABLE lease (
    budget       bigint  NOT NULL,
    owner        bigint  NOT NULL,
    granted_pico numeric NOT NULL, -- all that was lent and has not come back, what its rows charged included
    held_pico    numeric NOT NULL, -- of that, set aside for requests under way, as its owner has told
    charged_pico numeric NOT NULL, -- by its owner's rows up to counted_n
    grants       bigint  NOT NULL, -- the lease call by which it was lent last
    PRIMARY KEY (budget, owner)
  );
  CREATE INDEX lease_by_owner ON lease (owner);

  -- Owners that have asked for money, apart from their rows in the table owner: those are locked while rows are committed, and nobody waits
  -- for another's commit.
  CREATE TABLE borrower (
    owner     bigint PRIMARY KEY,
    last_call bigint NOT NULL, -- the number of its last lease call
    counted_n bigint NOT NULL  -- up to which row its charges are counted in budgets
  );
`
