import { DatabaseSync } from 'node:sqlite'
import { usageRecord } from '../../__fixtures__/usage-record.ts'
import { encodeRecord } from '../../usage-row.ts'
import { keptBudgets } from '../thread/kept-budgets.ts'
import { migrate } from '../thread/migrations.ts'
import { placeOf } from '../thread/place.ts'
import { readSpent } from './read-spent.ts'
import type { Readers } from './read-totals.ts'

/** Rows of one owner that each charge 1 in a budget, the first of them counted by its tables; and which of them were read. */
function ledgerOf(rows: number, { counted }: { counted: number }) {
  const ledger = new DatabaseSync(':memory:')
  migrate(ledger)
  const kept = keptBudgets(ledger)
  const budget = kept.make({ id: 'of a day', cap: 100n, revision: 1, before: 5n, isFinal: true })
  kept.write({ ...budget, spent: BigInt(counted) }, 1)
  ledger.exec(`INSERT INTO owner (id, started_at, boot_id, pid, process, state, counted_n)
    VALUES (1, 0, '', 1, '', 'alive', ${counted})`)
  const insert = ledger.prepare('INSERT INTO usage_record VALUES (?, ?, 1, ?, NULL, 1, 0, ?)')
  for (let n = 1; n <= rows; n += 1) {
    const record = encodeRecord(usageRecord({ charge: 1n, budgets: [budget.number] })).split('\t')[5] ?? ''
    insert.run(placeOf({ owner: 1, n }), `${n}`, '', record)
  }
  const read = new Set<number>()
  ledger.function('looked', (place, record) => {
    read.add(Number(place) - Number(placeOf({ owner: 1, n: 0 })))
    return record
  })
  ledger.exec(`ALTER TABLE usage_record RENAME TO row_kept;
    CREATE VIEW usage_record AS SELECT place, charge_pico, looked(place, record) AS record FROM row_kept`)
  return { ledger, read }
}

const window = {
  id: 'of a day',
  kind: 'account',
  subjectId: 'default',
  account: 'default',
  from: 0,
  until: 86_400_000,
  ofModels: false,
} as const

test('of a budget whose sum before its rows is final only rows are read that its tables do not count yet', () => {
  const { ledger, read } = ledgerOf(9, { counted: 7 })
  const spent = readSpent({ ledger } as Readers, [window], false)
  expect(spent).toEqual([{ charged: 9n, held: 0n, before: 5n, window: undefined }])
  expect([...read]).toEqual([8, 9])
})
