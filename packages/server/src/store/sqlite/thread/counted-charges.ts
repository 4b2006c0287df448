import type { DatabaseSync } from 'node:sqlite'
import type { SqlRow } from '../../usage-record-table.ts'
import type { CountedCharges } from '../../verify-ledger.ts'

export function countedCharges(db: DatabaseSync): CountedCharges {
  const budgets = db.prepare(`
    SELECT number, id, spent_pico AS spent,
      (SELECT group_concat(charged_pico) FROM lease WHERE budget = budget.number) AS charged FROM budget`)
  const owners = db.prepare('SELECT id, counted_n FROM owner WHERE counted_n IS NOT NULL')
  budgets.setReadBigInts(true)
  db.exec('BEGIN')
  try {
    return {
      upTo: new Map(owners.all().map((row) => [Number(row['id']), Number(row['counted_n'])])),
      budgets: (budgets.all() as SqlRow[]).map(({ number, id, spent, charged }) => ({
        number: Number(number),
        id: String(id),
        charged: amountsIn(charged).reduce((sum, amount) => sum + amount, BigInt(spent ?? 0)),
      })),
    }
  } finally {
    if (db.isTransaction) db.exec('COMMIT')
  }
}

const amountsIn = (list: SqlRow[string] | undefined): bigint[] =>
  list == null ? [] : String(list).split(',').map(BigInt)
