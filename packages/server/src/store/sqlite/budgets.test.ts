import { picoUsd } from '@speka/core'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describeBudgets, type BudgetsWorld } from '../../../../core/src/limits/budgets.contract.ts'
import { eventually } from '../../../../../test/support/eventually.ts'
import type { Budget } from '@speka/core/internal'
import { describeAdmission } from '../../../../core/src/limits/leases/admission.contract.ts'
import { testBudget, TEST_DAY } from '../../../../core/src/limits/__fixtures__/budget.ts'
import { pico, usageRecord } from '../__fixtures__/usage-record.ts'
import type { Store } from '../store.ts'
import { openSqliteStore, type SqliteStoreOptions } from './open-store.ts'
import { endOwners } from './thread/end-owners.ts'

// Few, since threads are slow: `thread/leases.test.ts` runs many on the same tables.
describeBudgets('sqlite', { open: async () => sqliteWorld(), runs: 2 })
describeAdmission('sqlite', { open: async () => sqliteWorld(), runs: 2 })

/** Stores on one file, each with a life of its own. */
function sqliteWorld(options: Omit<SqliteStoreOptions, 'path'> = {}): BudgetsWorld {
  const path = newPath()
  const stores: Store[] = []
  return {
    async start() {
      const store = await openSqliteStore({ settles: true, ...options, path })
      stores.push(store)
      const id = (await store.ledger.owners()).at(-1)?.id ?? 0
      return {
        budgets: store.budgets,
        async settle({ charge, budgets }) {
          await store.ledger.settle(usageRecord({ charge, budgets }))
        },
        end: async () => endByAnother(path, id),
      }
    },
    close: async () => {
      for (const store of stores) await store.close()
    },
  }
}

/** As a process does that has seen the end of another. */
function endByAnother(path: string, id: number): void {
  const db = new DatabaseSync(path)
  db.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE')
  endOwners(db)([id], 'exit_seen', 1)
  db.exec('COMMIT')
  db.close()
}

describe('what a window had spent before its limit was made', () => {
  test.each([
    { how: 'not counted yet', count: false },
    { how: 'counted in a lease', count: true },
  ])(
    'is added up once more when every process knows of it, without rows that say they count: $how',
    async ({ count }) => {
      const { store, other, budget, first, numbers, later, close } = await justMade()
      expect(first.has).toMatchObject([{ granted: 225n }])
      await other.ledger.settle(usageRecord({ charge: 40n, createdAt: budget.applied.limit.since }))
      await store.ledger.settle(usageRecord({ charge: 7n, createdAt: budget.applied.limit.since, budgets: numbers }))
      if (count) await lend(other, testBudget(5), 1, 1)
      const standing = [{ spent: 147n, held: 0n }]
      expect(await store.budgets.standing([budget])).toEqual(standing)
      later(1499)
      expect((await lend(other, budget, 8, 1)).shortages).toEqual([undefined])
      later(1500)
      expect(await other.budgets.standing([budget])).toEqual(standing)
      expect((await lend(other, budget, 9, 1000)).shortages).toMatchObject([[{ budgetId: budget.id }]])
      expect(await other.budgets.standing([budget])).toEqual(standing)
      // Final: whoever goes on without knowing of it now is beside the rules.
      await other.ledger.settle(usageRecord({ charge: 1000n, createdAt: budget.applied.limit.since }))
      expect((await lend(other, budget, 10, 1000)).shortages).toMatchObject([[{ budgetId: budget.id }]])
      expect(await store.budgets.standing([budget])).toEqual(standing)
      expect(await store.ledger.verify()).toMatchObject({ problems: [] })
      await close()
    },
  )

  test('what comes to light lessens the room', async () => {
    const { store, other, budget, later, close } = await justMade()
    await other.ledger.settle(usageRecord({ charge: 800n, createdAt: budget.applied.limit.since }))
    later(2000)
    const reply = await lend(store, budget, 2, 1000)
    expect(reply.shortages).toMatchObject([[{ room: -125n }]])
    expect(reply.has).toMatchObject([{ granted: 225n, recalled: 125n }])
    await close()
  })

  test('cannot be told while old records are being added up, and neither can be lent of it', async () => {
    const path = newPath()
    const before = await openSqliteStore({ path })
    await before.ledger.settle(usageRecord({ charge: 5n }))
    await before.close()
    const db = new DatabaseSync(path)
    db.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30_000)
      INSERT INTO ledger SELECT 'old-' || i, 'key_A', ${TEST_DAY}, 'u' || i, 'acme/fast', 'complete', 1, 0, 1, 1, '{}' FROM n`)
    db.close()
    const store = await openSqliteStore({ path, foldWaitMs: 0 })
    const budget = testBudget(100_000, { since: TEST_DAY + 5000 })
    const behind = { code: 'storage_unavailable', message: expect.stringMatching(/\d+ of 30001 are/) }
    await expect(store.budgets.standing([budget])).rejects.toMatchObject(behind)
    await expect(lend(store, budget, 1, 1)).rejects.toMatchObject(behind)
    // One that need not look back is lent of meanwhile.
    const young = testBudget(100, { since: TEST_DAY - 86_400_000 })
    expect((await lend(store, young, 1, 1)).shortages).toEqual([undefined])
    await store.ledger.rebuildSums()
    expect((await lend(store, budget, 2, 1)).has).toMatchObject([{ granted: 100_000n - 30_005n }])
    await store.close()
  })
})

describe('lease calls', () => {
  test.each(['strict', 'relaxed'] as const)(
    'come behind every row that was handed over before: %s',
    async (durability) => {
      const store = await openSqliteStore({ path: newPath(), durability, ...still })
      const budget = testBudget(100_000)
      const { has } = await lend(store, budget, 1, 1)
      const budgets = has.map(({ budgetNumber }) => budgetNumber)
      const settling = Array.from({ length: 1200 }, () => store.ledger.settle(usageRecord({ charge: 100n, budgets })))
      expect((await lend(store, budget, 2, 1)).shortages).toMatchObject([[{ room: -20_000n }]])
      await Promise.all(settling)
      await store.close()
    },
  )
})

describe('an owner that holds money', () => {
  test('counts what its rows charge as it beats, and is heard', async () => {
    const path = newPath()
    const clock = handClock()
    const store = await openSqliteStore({ path, clock })
    const { has } = await lend(store, testBudget(100), 1, 1)
    await store.ledger.settle(usageRecord({ charge: 6n, budgets: has.map(({ budgetNumber }) => budgetNumber) }))
    const before = ownerIn(path)
    clock.tick()
    await eventually(() => ownerIn(path)['counted_n'] === 1, 'its rows are counted')
    expect(Number(ownerIn(path)['heard_at'])).toBeGreaterThan(Number(before['heard_at']))
    expect(chargedIn(path)).toBe(6)
    await store.close()
  })

  test('tells as it beats what it has set aside by then', async () => {
    const path = newPath()
    const clock = handClock()
    const store = await openSqliteStore({ path, clock })
    const budget = testBudget(100)
    const { has } = await lend(store, budget, 1, 1)
    let held = picoUsd(7n)
    store.budgets.asks?.({
      held: () => held,
      news: () => has.map(({ budgetNumber }) => ({ budgetNumber, held })),
      newsHeard: () => {},
      storeAnswered: () => {},
    })
    const told = async () => (await store.budgets.standing([budget]))[0]?.held
    clock.tick()
    await eventually(async () => (await told()) === 7n, 'it is told what is held')
    held = picoUsd(0n)
    clock.tick()
    await eventually(async () => (await told()) === 0n, 'it is told that nothing is')
    await store.close()
  })

  test('that was taken for ended is not trusted from its next beat on, until a call tells it who it is', async () => {
    const path = newPath()
    const clock = handClock()
    const store = await openSqliteStore({ path, clock })
    await lend(store, testBudget(100), 1, 1)
    expect(store.budgets.trusted?.()).toBe(true)
    endByAnother(path, 1)
    clock.tick()
    await eventually(() => store.budgets.trusted?.() === false, 'it is not trusted')
    expect(await lend(store, testBudget(100), 2, 1)).toEqual({ owner: 2, has: [], shortages: [[]] })
    expect(store.budgets.trusted?.()).toBe(true)
    await store.close()
  })

  test('whose process is gone is found by the beat of another, and its lease returns', async () => {
    const path = newPath()
    const clock = handClock()
    const gone = await openSqliteStore({ path, ...still })
    const store = await openSqliteStore({ path, clock })
    const budget = testBudget(100)
    await lend(store, testBudget(1), 1, 1)
    await lend(gone, budget, 1, 100)
    const db = new DatabaseSync(path)
    db.exec(`UPDATE owner SET process = substr(process, 1, instr(process, ' ')) || '1' WHERE id = 2`)
    db.close()
    clock.tick()
    await eventually(() => ownerIn(path, 2)['state'] === 'ended', 'it is found ended')
    expect(ownerIn(path, 2)['ended_how']).toBe('process_gone')
    expect((await lend(store, budget, 2, 100)).shortages).toEqual([undefined])
    await Promise.all([gone.close(), store.close()])
  })

  test('rows that were written before an owner asked for money are never looked through', async () => {
    const path = newPath()
    const store = await openSqliteStore({ path, ...still })
    for (let row = 0; row < 3; row += 1) await store.ledger.settle(usageRecord())
    expect(ownerIn(path)['counted_n']).toBeNull()
    await lend(store, testBudget(100), 1, 1)
    expect(ownerIn(path)['counted_n']).toBe(3)
    await store.close()
  })

  test('a budget that nobody wanted money of is not in the file', async () => {
    const path = newPath()
    const store = await openSqliteStore({ path, ...still })
    const [asked, wanted] = [testBudget(100), testBudget(100)]
    await store.budgets.standing([asked])
    const has = [{ budget: asked, granted: pico(0n), held: pico(0n) }]
    await store.budgets.exchange({ number: 1, has, wants: [{ lacks: [{ budget: wanted, amount: pico(1n) }] }] })
    await store.close()
    const db = new DatabaseSync(path, { readOnly: true })
    expect(db.prepare('SELECT id FROM budget').all()).toEqual([{ id: wanted.id }])
    db.close()
  })
})

/** A limit that was just made, and two processes, of which one does not know of it yet. */
async function justMade() {
  const path = newPath()
  const since = TEST_DAY + 3_600_000
  let time = since + 100
  const [store, other] = await Promise.all([
    openSqliteStore({ path, now: () => time, ...still }),
    openSqliteStore({ path, now: () => time, ...still }),
  ])
  const budget = testBudget(1000, { since })
  await other.ledger.settle(usageRecord({ charge: 100n, createdAt: since - 1 }))
  const first = await lend(store, budget, 1, 1)
  const [number] = first.has.map(({ budgetNumber }) => budgetNumber)
  return {
    store,
    other,
    budget,
    first,
    numbers: [number ?? 0],
    later: (ms: number) => (time = since + ms),
    close: () => Promise.all([store.close(), other.close()]),
  }
}

/** Lends so much of one budget, on top of what this process has of it, which it does not say. */
const lend = ({ budgets }: Store, budget: Budget, number: number, amount: number) =>
  budgets.exchange({ number, has: [], wants: [{ lacks: [{ budget, amount: pico(BigInt(amount)) }] }] })

/** No beat comes in the midst of a test. */
const still = { clock: { after: () => () => {} } }

/** A clock on which everything is due when it is said to be. */
function handClock() {
  let due: (() => void)[] = []
  return {
    after(_ms: number, run: () => void) {
      due.push(run)
      return () => (due = due.filter((other) => other !== run))
    },
    tick() {
      const now = due
      due = []
      for (const run of now) run()
    },
  }
}

function read(path: string, statement: string, ...values: number[]): Record<string, unknown> {
  const db = new DatabaseSync(path, { readOnly: true })
  const row = db.prepare(statement).get(...values)
  db.close()
  return row ?? {}
}

const ownerIn = (path: string, id = 1) => read(path, 'SELECT * FROM owner WHERE id = ?', id)
const chargedIn = (path: string) => read(path, 'SELECT sum(charged_pico) AS charged FROM lease')['charged']

const newPath = () => join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')
