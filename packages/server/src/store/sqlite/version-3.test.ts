import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pico, usageRecord } from '../__fixtures__/usage-record.ts'
import { testBudget } from '../../../../core/src/limits/__fixtures__/budget.ts'
import { openSqliteStore } from './open-store.ts'

describe('a file from before there were budgets', () => {
  test('is brought up to date with every row as it was, and counts none of them', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')
    const still = { clock: { after: () => () => {} } }
    const killed = await openSqliteStore({ path, ...still })
    const ended = await openSqliteStore({ path, ...still })
    for (const store of [killed, ended, ended]) await store.ledger.settle(usageRecord({ charge: 5n }))
    const report = await ended.ledger.verify()
    await ended.close()
    const before = rowsOf(path)
    takeBudgetsOut(path)

    const store = await openSqliteStore({ path, ...still })
    expect(rowsOf(path)).toEqual(before)
    expect(await store.ledger.verify()).toEqual(report)
    expect(await store.ledger.owners()).toMatchObject([
      { id: 1, rows: 1, ended: undefined },
      { id: 2, rows: 2, ended: { how: 'goodbye' } },
    ])
    const budget = testBudget(100)
    const wants = [{ lacks: [{ budget, amount: pico(1n) }] }]
    expect((await store.budgets.exchange({ number: 1, has: [], wants })).shortages).toEqual([undefined])
    expect(await store.ledger.verify()).toEqual(report)
    await Promise.all([store.close(), killed.close()])
  })
})

/** Makes it what a program of the version before would have left. */
function takeBudgetsOut(path: string): void {
  const db = new DatabaseSync(path)
  db.exec(`
    DROP TABLE budget; DROP TABLE lease; DROP TABLE invoice; DROP INDEX registry_member_by_email;
    ALTER TABLE owner DROP COLUMN counted_n; ALTER TABLE owner DROP COLUMN heard_at; ALTER TABLE owner DROP COLUMN last_call;
    PRAGMA user_version = 3`)
  db.close()
}

function rowsOf(path: string): unknown[] {
  const db = new DatabaseSync(path, { readOnly: true })
  const statement = db.prepare('SELECT *, hex(record) AS bytes FROM usage_record ORDER BY place')
  statement.setReadBigInts(true)
  const rows = statement.all()
  db.close()
  return rows
}
