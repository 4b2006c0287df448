import { crc32 } from 'node:zlib'
import { DAY_KEY, FAULT_KEY, HOUR_KEY, PRICE_KEY, PRICE_SUMS, SUMS } from '../../projections/sum-columns.ts'

/** To be raised when rows are folded otherwise than before into the same tables. */
const FOLDING = 4

/**
 * The tables that are made of the ledger's rows, and can be made again.
 *
 * @param counts the names of the units' counts: a column each, so that another set of units is another format.
 */
export function projectionTables(counts: readonly string[]): string {
  return `
  -- How far the rows of each owner are in here, and the id of the last: with another ledger it is another.
  CREATE TABLE place (owner INTEGER PRIMARY KEY, n INTEGER NOT NULL, id TEXT NOT NULL) STRICT;

  -- What the numbers of the other tables stand for. 0 is none.
  CREATE TABLE text (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

  -- Sums that are anywhere not 0: the columns of the others are never read.
  CREATE TABLE used_sum (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

  CREATE TABLE usage_hour (
    ${integers([...HOUR_KEY, ...SUMS, ...counts])},
    PRIMARY KEY (${HOUR_KEY.join(', ')})
  ) STRICT, WITHOUT ROWID;
  -- Raised by whoever adds to an hour, and never anew from 1: who remembers an hour asks this.
  CREATE TABLE hour_version (hour INTEGER PRIMARY KEY, version INTEGER NOT NULL) STRICT;
  CREATE INDEX usage_hour_by_account ON usage_hour (account, hour);
  CREATE INDEX usage_hour_by_key ON usage_hour (key, hour);

  -- Apart, since they are long and seldom asked for.
  CREATE TABLE usage_hour_times (
    ${integers(HOUR_KEY)}, duration TEXT NOT NULL, first_output TEXT NOT NULL,
    PRIMARY KEY (${HOUR_KEY.join(', ')})
  ) STRICT, WITHOUT ROWID;

  -- Requests that ended in an error, by whose fault it was.
  CREATE TABLE usage_fault (
    ${integers([...FAULT_KEY, 'requests'])},
    PRIMARY KEY (${FAULT_KEY.join(', ')})
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE usage_customer_day (
    ${integers([...DAY_KEY, ...SUMS, ...counts])},
    PRIMARY KEY (${DAY_KEY.join(', ')})
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX usage_customer_day_by_account ON usage_customer_day (account, day);
  CREATE INDEX usage_customer_day_by_customer ON usage_customer_day (customer, day);

  -- What is to be billed. The price is that of the row, as JSON; 0 for charges that are not what their units cost.
  CREATE TABLE usage_price (
    ${integers([...PRICE_KEY, ...PRICE_SUMS, ...counts])},
    PRIMARY KEY (${PRICE_KEY.join(', ')})
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE request_index (
    ${integers(['owner', 'n', 'time', 'upstream', 'account', 'key', 'labels', 'customer', 'session', 'model', 'provider', 'outcome'])},
    charge_pico INTEGER,
    PRIMARY KEY (time, owner, n)
  ) STRICT, WITHOUT ROWID;
  ${REQUEST_INDEXES.map(({ sql }) => sql).join(';\n  ')};
  `
}

/** A format is known by its tables and by how they are filled. Positive, as `PRAGMA user_version` wants it. */
export const formatOf = (tables: string): number => (crc32(`${FOLDING}${tables}`) & 0x7fff_ffff) | 1

/**
 * The indexes over requests, the one that leaves the fewest first: which is used for a filter is not guessed. By time alone
 * the table itself is in order.
 */
export const REQUEST_INDEXES = [
  index('upstream', '(upstream, time) WHERE upstream <> 0'),
  index('session', '(session, time) WHERE session <> 0'),
  index('customer', '(customer, time) WHERE customer <> 0'),
  index('key', '(key, time)'),
  // Most requests are complete (0): of those an index is no help.
  index('outcome', '(outcome, time) WHERE outcome <> 0'),
  index('model', '(model, time)'),
  index('provider', '(provider, time)'),
  index('account', '(account, time)'),
] as const

function index<Column extends string>(column: Column, on: string) {
  const name = `request_by_${column}`
  return { column, name, sql: `CREATE INDEX ${name} ON request_index ${on}` }
}

const integers = (names: readonly string[]): string =>
  names.map((name) => `${quoted(name)} INTEGER NOT NULL`).join(', ')

export const quoted = (name: string): string => `"${name}"`
