import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { roomOf } from '../../leases/kept-budget.ts'
import { keptBudgets, type KeptBudgets } from './kept-budgets.ts'
import { openDatabase } from './open-database.ts'

const MOST = 2n ** 63n - 1n

let kept: KeptBudgets
let close: () => void

beforeEach(() => {
  const db = openDatabase(join(mkdtempSync(join(tmpdir(), 'speka-kept-')), 'speka.db'))
  // Its leases are an owner's, of whom this test knows nothing.
  db.exec('PRAGMA foreign_keys = OFF')
  kept = keptBudgets(db)
  close = () => db.close()
})
afterEach(() => close())

test('a budget is read as it was written, by its id and by its number', () => {
  const made = kept.make({ id: 'a', cap: 100n, revision: 7, before: 40n, isFinal: true })
  made.leases.set(3, { granted: 30n, held: 20n, charged: 10n, grants: 5 })
  made.spent = 15n
  kept.write(made, 3)
  expect(kept.byId('a')).toEqual(made)
  expect(kept.byNumber(made.number)).toEqual(made)
  expect(kept.leasedBy(3)).toEqual([made.number])
  // 40 from before, 15 of nobody, and the 30 of which 10 are charged.
  expect(roomOf(made)).toBe(15n)
})

test('a lease that is gone from it is gone', () => {
  const made = kept.make({ id: 'a', cap: 100n, revision: 1, before: 0n, isFinal: false })
  made.leases.set(3, { granted: 30n, held: 0n, charged: 0n, grants: 1 })
  kept.write(made, 3)
  made.leases.delete(3)
  kept.write(made, 3)
  expect([kept.byId('a'), kept.leasedBy(3)]).toEqual([made, []])
})

test('more than a column holds counts as the most that it does, and leaves no room', () => {
  const made = kept.make({ id: 'a', cap: MOST, revision: 1, before: MOST + 1n, isFinal: true })
  made.spent = 3n * MOST
  made.leases.set(3, { granted: MOST + 1n, held: MOST + 2n, charged: 2n * MOST, grants: 1 })
  kept.write(made, 3)
  const read = kept.byId('a')
  expect(read).toMatchObject({ before: MOST, spent: MOST })
  expect(read?.leases.get(3)).toEqual({ granted: MOST, held: MOST, charged: MOST, grants: 1 })
  expect(read && roomOf(read) < 0n).toBe(true)
})
