import { DatabaseSync } from 'node:sqlite'
import { usageRecord } from '../../__fixtures__/usage-record.ts'
import type { RowText } from '../../usage-record-table.ts'
import { encodeRecord } from '../../usage-row.ts'
import { migrate } from './migrations.ts'
import { placeOf } from './place.ts'
import { rowCharges } from './row-charges.ts'

/** The rows of owner 1. */
function ledgerOf(texts: readonly RowText[]) {
  const db = new DatabaseSync(':memory:')
  migrate(db)
  const insert = db.prepare('INSERT INTO usage_record VALUES (?, ?, 1, ?, NULL, ?, 0, ?)')
  for (const [index, text] of texts.entries()) {
    const [id = '', , account = '', , charge = '', record = ''] = text.split('\t')
    insert.run(placeOf({ owner: 1, n: index + 1 }), id, account, charge === '' ? null : BigInt(charge), record)
  }
  return rowCharges(db)
}

const row = (charge: bigint | undefined, budgets?: readonly number[], more = {}): RowText =>
  encodeRecord(usageRecord({ charge, budgets, ...more }))

test('adds up what rows charge in each budget that they name, once for each row', () => {
  const charges = ledgerOf([row(1n, [1, 2]), row(2n, [2]), row(4n, [2, 1]), row(8n, [3, 3]), row(16n), row(32n, [])])
  expect([...charges(1, 0, 6)].sort()).toEqual([
    [1, 5n],
    [2, 7n],
    [3, 8n],
  ])
})

test('reads the rows behind one, up to another, of one owner', () => {
  const charges = ledgerOf([row(1n, [1]), row(2n, [1]), row(4n, [1])])
  expect(charges(1, 1, 2)).toEqual(new Map([[1, 2n]]))
  expect(charges(1, 3, 3)).toEqual(new Map())
  expect(charges(2, 0, 9)).toEqual(new Map())
})

test('an unknown charge is none, and a sum beyond 64 bits is exact', () => {
  const most = 2n ** 63n - 1n
  const charges = ledgerOf([row(undefined, [1]), row(most, [1]), row(most, [1])])
  expect(charges(1, 0, 3)).toEqual(new Map([[1, 2n * most]]))
})

test('what a caller writes is never taken for a budget', () => {
  const text = '"budgets":[7]'
  const charges = ledgerOf([
    row(5n, undefined, { metadata: { [text]: text }, customer: text, session: text, model: text }),
  ])
  expect(charges(1, 0, 1)).toEqual(new Map())
})

test('many rows are read in parts, each once', () => {
  const charges = ledgerOf(Array.from({ length: 4500 }, () => row(1n, [1])))
  expect(charges(1, 0, 4500)).toEqual(new Map([[1, 4500n]]))
})
