import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { testBudget } from '../../../../core/src/limits/__fixtures__/budget.ts'
import { pico, usageRecord } from '../__fixtures__/usage-record.ts'
import { openSqliteStore } from './open-store.ts'

const PLACE = 2 ** 40

describe('a look at every row', () => {
  test.each([
    ['a charge', 'UPDATE usage_record SET charge_pico = 1 WHERE place = ROW', ['changed']],
    ['a charge that is taken away', 'UPDATE usage_record SET charge_pico = NULL WHERE place = ROW', ['changed']],
    [
      'a charge below zero',
      'UPDATE usage_record SET charge_pico = -1 WHERE place = ROW',
      ['changed', 'negative_charge'],
    ],
    ['a key', `UPDATE usage_record SET key_id = 'key_other' WHERE place = ROW`, ['changed']],
    ['an account', `UPDATE usage_record SET account = 'another' WHERE place = ROW`, ['changed']],
    ['a time', 'UPDATE usage_record SET created_at = created_at + 1 WHERE place = ROW', ['changed']],
    ['a count', `UPDATE usage_record SET record = replace(record, '1200', '1201') WHERE place = ROW`, ['changed']],
    [
      'a record that is cut',
      `UPDATE usage_record SET record = substr(record, 1, 9) WHERE place = ROW`,
      ['changed', 'unreadable'],
    ],
  ])('names the row that was changed by hand: %s', async (_, statement, problems) => {
    const { path, ids } = await ledgerOf(5)
    byHand(path, statement)
    const report = await verified(path)
    expect(report.rows).toBe(5)
    expect(report.problems).toEqual(
      problems.map((problem) => ({
        problem,
        owner: 1,
        n: 3,
        id: ids[2],
        message: expect.stringContaining(`Row 3 of owner 1, request ${ids[2]}, `),
      })),
    )
  })

  test('finds what is missing between two rows, and at the end of an owner that has ended', async () => {
    const { path, ids } = await ledgerOf(5)
    byHand(path, 'DELETE FROM usage_record WHERE place = ROW')
    expect((await verified(path)).problems).toMatchObject([
      { problem: 'missing_before', n: 4, id: ids[3], message: expect.stringContaining('1 between them') },
    ])
    byHand(path, 'DELETE FROM usage_record WHERE place > ROW')
    expect((await verified(path)).problems).toMatchObject([
      { problem: 'missing_after', owner: 1, n: 3, id: undefined, message: expect.stringContaining('3 after row 2') },
    ])
  })

  test('finds rows of an owner that never was', async () => {
    const { path, ids } = await ledgerOf(3)
    byHand(path, `UPDATE usage_record SET place = place + ${PLACE} - 2 WHERE place = ROW`)
    expect((await verified(path)).problems).toMatchObject([
      { problem: 'missing_after', owner: 1, n: 3 },
      { problem: 'unknown_owner', owner: 2, n: 1, id: ids[2] },
    ])
  })

  test('reads rows from before there were owners', async () => {
    const { path } = await ledgerOf(1)
    const insert = (id: string, charge: number, details: string) =>
      byHand(
        path,
        `INSERT INTO ledger VALUES ('${id}', NULL, 1, NULL, NULL, 'complete', 1, 0, 1, ${charge}, '${details}')`,
      )
    insert('fine', 5, '{}')
    insert('below zero', -5, '{}')
    insert('torn', 5, '{"a":')
    expect(await verified(path)).toMatchObject({
      rows: 4,
      problems: [
        { problem: 'negative_charge', owner: 0, n: 2, id: 'below zero' },
        { problem: 'unreadable', owner: 0, n: 3, id: 'torn' },
      ],
    })
  })
})

describe('a look at what budgets count', () => {
  test('finds all well, counted or not', async () => {
    const { store } = await ledgerWithBudget()
    expect(await store.ledger.verify()).toEqual({ rows: 5, problems: [] })
    await store.close()
  })

  test.each([
    ['a lease', 'UPDATE lease SET charged_pico = charged_pico - 1', '17 pico-dollars as charged', ' 18.'],
    ['what is spent', 'UPDATE budget SET spent_pico = 100', '107 pico-dollars as charged', ' 18.'],
    ['up to where rows are counted', 'UPDATE owner SET counted_n = 0 WHERE id = 2', '18 pico-dollars', ' 11.'],
  ])('names the budget when %s was changed by hand', async (_, statement, kept, rows) => {
    const { path, store } = await ledgerWithBudget()
    byHand(path, statement)
    const { problems } = await store.ledger.verify()
    expect(problems).toMatchObject([{ problem: 'charges_differ', owner: 0, n: 0 }])
    expect(problems[0]?.message).toContain(kept)
    expect(problems[0]?.message).toContain(rows)
    await store.close()
  })

  test('names rows that count in a budget which there never was', async () => {
    const { path, store } = await ledgerWithBudget()
    byHand(path, 'DELETE FROM budget; DELETE FROM lease')
    const { problems } = await store.ledger.verify()
    expect(problems.map(({ problem, owner, n }) => ({ problem, owner, n }))).toEqual([
      { problem: 'unknown_budget', owner: 1, n: 1 },
      { problem: 'unknown_budget', owner: 1, n: 2 },
      { problem: 'unknown_budget', owner: 2, n: 1 },
      { problem: 'unknown_budget', owner: 2, n: 3 },
    ])
    await store.close()
  })
})

/** A ledger in which one owner has ended and one holds a lease, both with rows that name budget 1. */
async function ledgerWithBudget() {
  const path = join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')
  const budget = testBudget(1000)
  const wants = [{ lacks: [{ budget, amount: pico(10n) }] }]
  // Without beats, which would count rows in the midst of it.
  const clock = { after: () => () => {} }
  const before = await openSqliteStore({ path, clock })
  const store = await openSqliteStore({ path, clock })
  await before.budgets.exchange({ number: 1, has: [], wants })
  for (const charge of [5n, 6n]) await before.ledger.settle(usageRecord({ charge, budgets: [1] }))
  await before.close()
  await store.budgets.exchange({ number: 1, has: [], wants })
  await store.ledger.settle(usageRecord({ charge: 7n, budgets: [1] }))
  await store.ledger.settle(usageRecord({ charge: 8n }))
  await store.budgets.exchange({ number: 2, has: [], wants: [] })
  // Not counted yet, which is as it should be.
  await store.ledger.settle(usageRecord({ charge: 9n, budgets: [1] }))
  return { path, store }
}

/** A closed ledger of one owner, and the ids in it. */
async function ledgerOf(rows: number): Promise<{ path: string; ids: string[] }> {
  const path = join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')
  const store = await openSqliteStore({ path })
  const records = Array.from({ length: rows }, () => usageRecord())
  for (const record of records) await store.ledger.settle(record)
  await store.close()
  return { path, ids: records.map(({ id }) => id) }
}

/** As somebody would with a database shell, `ROW` being the third row. */
function byHand(path: string, statement: string): void {
  const db = new DatabaseSync(path)
  db.exec('DROP TRIGGER IF EXISTS usage_record_is_never_changed; DROP TRIGGER IF EXISTS usage_record_is_never_deleted')
  db.exec(statement.replaceAll('ROW', String(PLACE + 3)))
  db.close()
}

async function verified(path: string) {
  const store = await openSqliteStore({ path })
  const report = await store.ledger.verify()
  await store.close()
  return report
}
