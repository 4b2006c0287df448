import { testBudget } from '../../../../core/src/limits/__fixtures__/budget.ts'
import {
  describeWithPostgres,
  newDatabase,
  type NewDatabase,
} from '../../../../../test/support/services/new-database.ts'
import { pico, usageRecord } from '../__fixtures__/usage-record.ts'
import { storeBudgets } from '../leases/store-budgets.ts'
import { encodeRecord } from '../usage-row.ts'
import { readPostgresUrl } from './address.ts'
import { openDatabase, type Database, type Lane } from './database.ts'
import { endOwners } from './end-owners.ts'
import { leaseDatabase } from './leases.ts'
import { loadDriver } from './load-driver.ts'
import { migrate } from './migrations.ts'
import { ownerLife, type OwnerLife } from './owner-life.ts'
import { rowSettler, type RowSettler } from './settle-rows.ts'
import { verifyTables } from './verify.ts'

describeWithPostgres('a look at every row', () => {
  let made: NewDatabase
  let database: Database
  let lane: Lane
  let owner: OwnerLife
  let settle: RowSettler
  beforeEach(async () => {
    made = await newDatabase()
    database = openDatabase({ driver: await loadDriver(), address: readPostgresUrl(made.url) })
    await migrate(database)
    lane = database.lane({ purpose: 'ledger' })
    owner = ownerLife()
    settle = rowSettler(lane, owner)
  })
  afterEach(async () => {
    await lane.close()
    await database.close()
    await made.drop()
  })

  const settled = async (count: number): Promise<string[]> => {
    const records = Array.from({ length: count }, () => usageRecord())
    expect(await settle(records.map(encodeRecord))).toEqual([])
    return records.map(({ id }) => id)
  }

  /** As somebody would with psql. */
  const byHand = (sql: string) =>
    database.transact((session) =>
      session.script(`
        ALTER TABLE usage_record DISABLE TRIGGER USER; ALTER TABLE usage_record_other DISABLE TRIGGER USER;
        ${sql};
        ALTER TABLE usage_record ENABLE TRIGGER USER; ALTER TABLE usage_record_other ENABLE TRIGGER USER`),
    )

  test('finds all well, over more than one part and more than one owner', async () => {
    for (const count of [3000, 2000, 1]) await settled(count)
    await database.transact((session) => endOwners(session, [owner.id ?? 0], 'goodbye'))
    owner.forget()
    await settled(2)
    expect(await verifyTables(database)).toEqual({ rows: 5003, problems: [] })
  })

  test.each([
    ['a charge', 'UPDATE usage_record SET charge_pico = 1 WHERE n = 3', ['changed']],
    ['a charge that is taken away', 'UPDATE usage_record SET charge_pico = NULL WHERE n = 3', ['changed']],
    ['a charge below zero', 'UPDATE usage_record SET charge_pico = -1 WHERE n = 3', ['changed', 'negative_charge']],
    ['a key', `UPDATE usage_record SET key_id = 'key_other' WHERE n = 3`, ['changed']],
    ['a time', 'UPDATE usage_record SET created_at = created_at + 1 WHERE n = 3', ['changed']],
    ['a count', `UPDATE usage_record SET record = replace(record, '1200', '1201') WHERE n = 3`, ['changed']],
    ['a record that is cut', `UPDATE usage_record SET record = left(record, 9) WHERE n = 3`, ['changed', 'unreadable']],
  ])('names the row that was changed by hand: %s', async (_, sql, problems) => {
    const ids = await settled(5)
    await byHand(sql)
    const report = await verifyTables(database)
    expect(report.rows).toBe(5)
    expect(report.problems).toEqual(
      problems.map((problem) => ({
        problem,
        owner: owner.id,
        n: 3,
        id: ids[2],
        message: expect.stringContaining(`Row 3 of owner ${owner.id}, request ${ids[2]}, `),
      })),
    )
  })

  test('finds what is missing between two rows, at the end of an owner that has ended, and rows of nobody', async () => {
    const ids = await settled(6)
    await database.transact((session) => endOwners(session, [owner.id ?? 0], 'goodbye'))
    await byHand(`DELETE FROM usage_record WHERE n IN (3, 6); UPDATE usage_record SET owner = 99, n = 1 WHERE n = 5`)
    expect((await verifyTables(database)).problems).toMatchObject([
      { problem: 'missing_before', n: 4, id: ids[3] },
      { problem: 'missing_after', n: 5, id: undefined },
      { problem: 'unknown_owner', owner: 99, n: 1, id: ids[4] },
    ])
  })

  describe('and at what budgets count', () => {
    const wants = [{ lacks: [{ budget: testBudget(1000), amount: pico(10n) }] }]
    let end: () => Promise<void>
    beforeEach(async () => {
      // The one before has ended, of this one a row is not counted yet, which is as it should be.
      const leaseLane = database.lane({ purpose: 'leases' })
      const { exchange, beat } = leaseDatabase({ lane: leaseLane, owner, retire: async () => {} })
      const nothing = { charged: 0n, held: 0n, before: 0n, window: undefined }
      const budgets = storeBudgets({
        handedOver: async () => {},
        exchange,
        beat,
        spent: async (windows) => windows.map(() => nothing),
        // Without beats, which would count rows in the midst of it.
        clock: { after: () => () => {} },
      })
      await budgets.exchange({ number: 1, has: [], wants })
      await settle([charged(5n), charged(6n)])
      await database.transact((session) => endOwners(session, [owner.id ?? 0], 'goodbye'))
      owner.forget()
      await budgets.exchange({ number: 2, has: [], wants })
      await budgets.exchange({ number: 3, has: [], wants })
      await settle([charged(7n), encodeRecord(usageRecord({ charge: 8n }))])
      await budgets.exchange({ number: 4, has: [], wants: [] })
      await settle([charged(9n)])
      end = () => leaseLane.close()
    })
    afterEach(() => end())

    test('finds all well, counted or not', async () => {
      expect(await verifyTables(database)).toEqual({ rows: 5, problems: [] })
    })

    test('late rows count in none', async () => {
      await byHand('UPDATE usage_record SET is_late = true WHERE charge_pico = 6')
      const { problems } = await verifyTables(database)
      expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/ 18 pico-dollars .* 12\.$/)])
    })

    test.each([
      ['a lease', 'UPDATE lease SET charged_pico = charged_pico - 1', '17 pico-dollars as charged', ' 18.'],
      ['what is spent', 'UPDATE budget SET spent_pico = 100', '107 pico-dollars as charged', ' 18.'],
      ['up to where rows are counted', 'UPDATE borrower SET counted_n = 0 WHERE owner = 2', '18 pico', ' 11.'],
    ])('names the budget when %s was changed by hand', async (_, sql, kept, rows) => {
      await byHand(sql)
      const { problems } = await verifyTables(database)
      expect(problems).toMatchObject([{ problem: 'charges_differ', owner: 0, n: 0 }])
      expect(problems[0]?.message).toContain(kept)
      expect(problems[0]?.message).toContain(rows)
    })

    test('names rows that count in a budget which there never was', async () => {
      await byHand('DELETE FROM budget; DELETE FROM lease')
      const { problems } = await verifyTables(database)
      expect(problems.map(({ problem, owner: of, n }) => ({ problem, of, n }))).toEqual([
        { problem: 'unknown_budget', of: 1, n: 1 },
        { problem: 'unknown_budget', of: 1, n: 2 },
        { problem: 'unknown_budget', of: 2, n: 1 },
        { problem: 'unknown_budget', of: 2, n: 3 },
      ])
    })
  })
})

const charged = (charge: bigint) => encodeRecord(usageRecord({ charge, budgets: [1] }))
