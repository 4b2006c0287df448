import { rowText } from '../checksum.ts'
import type { LedgerReport } from '../ledger-report.ts'
import { verifyLedger, type CountedCharges } from '../verify-ledger.ts'
import { verifyPart, type RowToVerify } from '../verify-rows.ts'
import type { Database } from './database.ts'
import { statement, type Row } from './session.ts'

/** One statement, and so of one moment. */
const COUNTED = statement(`
  SELECT NULL AS id, owner AS number, counted_n::numeric AS amount FROM borrower
  UNION ALL
  SELECT id, number, spent_pico + coalesce((SELECT sum(charged_pico) FROM lease WHERE budget = number), 0) FROM budget`)
const BUDGETS = statement('SELECT number FROM budget')
const OWNER = statement('SELECT state, last_n FROM owner WHERE id = $1')
const ROWS = statement(`
  SELECT n, id, created_at, account, key_id, charge_pico, record, checksum, is_late FROM usage_record
  WHERE owner = $1 AND n > $2 ORDER BY n LIMIT $3`)
/** From one owner to the next, by the index: there are few of them among many rows. */
const OWNERS = statement(`
  WITH RECURSIVE found AS (
    SELECT min(owner) AS owner FROM usage_record
    UNION ALL
    SELECT (SELECT min(usage_record.owner) FROM usage_record WHERE usage_record.owner > found.owner)
    FROM found WHERE found.owner IS NOT NULL
  )
  SELECT owner FROM found WHERE owner IS NOT NULL UNION SELECT id FROM owner ORDER BY 1`)

/** Looks at every row of the ledger. What is written meanwhile may be among them, or not. */
export const verifyTables = (database: Database): Promise<LedgerReport> =>
  verifyLedger({
    countedCharges: () => countedCharges(database),
    ownersOfRows: async () => (await database.run(OWNERS)).rows.map(({ owner }) => Number(owner)),
    async verifyRows(owner, after, limit, countedN) {
      const { rows: owners } = await database.run(OWNER, [owner])
      const { rows } = await database.run(ROWS, [owner, after, limit])
      // Behind the rows: what they name was made before them.
      const budgets = new Set((await database.run(BUDGETS)).rows.map(({ number }) => Number(number)))
      const [known] = owners
      const about = {
        owner,
        isKnown: known !== undefined,
        endedAt: known?.['state'] === 'ended' ? Number(known['last_n']) : undefined,
        countedN,
        isBudget: (number: number) => budgets.has(number),
      }
      return verifyPart(rows.map(rowToVerify), about, after, limit)
    },
  })

async function countedCharges(database: Database): Promise<CountedCharges> {
  const { rows } = await database.run(COUNTED)
  return {
    upTo: new Map(rows.flatMap(({ id, number, amount }) => (id === null ? [[Number(number), Number(amount)]] : []))),
    budgets: rows.flatMap(({ id, number, amount }) =>
      id === null ? [] : [{ number: Number(number), id: String(id), charged: BigInt(String(amount)) }],
    ),
  }
}

const rowToVerify = (row: Row): RowToVerify => ({
  n: Number(row['n']),
  id: String(row['id']),
  charge: BigInt(String(row['charge_pico'] ?? 0)),
  record: String(row['record']),
  written: { text: rowText(row), checksum: Number(row['checksum']) },
  isLate: row['is_late'] === true,
})
