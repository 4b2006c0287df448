import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSqliteStore } from '../open-store.ts'

const NOON = Date.UTC(2026, 2, 14, 12)
/** More than are remembered at once. */
const CUSTOMERS = 60_000

test('more customers than are remembered are added up right, when they come again and when they are asked for', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'speka-customers-')), 'speka.sqlite')
  await (await openSqliteStore({ path })).close()
  // Each of them twice, in the same order, so that whoever comes again was forgotten meanwhile.
  const db = new DatabaseSync(path)
  db.exec(`
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${2 * CUSTOMERS - 1})
    INSERT INTO ledger SELECT 'r' || i, 'key_A', ${NOON}, NULL, 'm', 'complete', 1, 0, 1, i,
      '{"attempts":[],"customer":"customer ' || (i % ${CUSTOMERS}) || '"}' FROM n`)
  db.close()
  const store = await openSqliteStore({ path, foldWaitMs: Infinity })
  const all = await store.ledger.totals({ by: 'customer' })
  expect(all).toHaveLength(CUSTOMERS)
  const wrong = all.filter(({ group = '', requests, charge }) => {
    const number = BigInt(group.slice('customer '.length))
    return requests !== 2 || charge !== 2n * number + BigInt(CUSTOMERS)
  })
  expect(wrong).toEqual([])
  expect(await store.ledger.totals({ by: 'day', customer: 'customer 7' })).toMatchObject([
    { group: '2026-03-14', requests: 2, charge: BigInt(14 + CUSTOMERS) },
  ])
  await store.close()
})
