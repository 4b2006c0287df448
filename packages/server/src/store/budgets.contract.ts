import { picoUsd } from '@speka/core'
import type { Budget } from '@speka/core/internal'
import { eventually } from '../../../../test/support/eventually.ts'
import { testBudget, TEST_DAY, type BudgetChanges } from '../../../core/src/limits/__fixtures__/budget.ts'
import { keyRecord, put } from './__fixtures__/records.ts'
import { usageRecord } from './__fixtures__/usage-record.ts'
import type { Store } from './store.ts'
import { TEST_KEY_ID } from './test-key-id.ts'

/** Long after the rows of these tests, and long ago. */
const SINCE = Date.UTC(2026, 3, 1)
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** What a store's budgets know of the ledger beside them. How leases work, `describeBudgets` says. */
export function describeStoreBudgets(open: () => Store): void {
  describe('budgets', () => {
    let calls = 0

    /** What there is to lend of it. */
    async function lend(budget: Budget) {
      calls += 1
      const amount = picoUsd(1n)
      const { has } = await open().budgets.exchange({
        number: calls,
        has: [],
        wants: [{ lacks: [{ budget, amount }] }],
      })
      return { number: has[0]?.budgetNumber ?? 0, granted: has[0]?.granted ?? 0n }
    }

    test('what was spent in a window before its limit was made is not lent, and is told', async () => {
      const { ledger } = open()
      for (const hours of [-1, 0, 12, 23, 24])
        await ledger.settle(usageRecord({ charge: BigInt(10 + hours), createdAt: at(hours) }))
      const budget = testBudget(1000, { since: SINCE })
      await spends(open(), budget, 10n + 22n + 33n)
      const { number, granted } = await lend(budget)
      expect(granted).toBe(1000n - 65n)
      await ledger.settle(usageRecord({ charge: 7n, createdAt: at(13), budgets: [number] }))
      await spends(open(), budget, 72n)
    })

    test.each<{ whose: string; changes: BudgetChanges; spent: bigint }>([
      { whose: 'its account', changes: { subject: { kind: 'account', account: 'acct_A' } }, spent: 0b11111n },
      { whose: 'its team', changes: { subject: { kind: 'team', id: 'team_A', account: 'acct_A' } }, spent: 0b00001n },
      {
        whose: 'its environment',
        changes: { subject: { kind: 'environment', id: 'live', account: 'acct_A' } },
        spent: 0b00011n,
      },
      {
        whose: 'its member',
        changes: { subject: { kind: 'member', id: 'mem_A', account: 'acct_A' } },
        spent: 0b00010n,
      },
      { whose: 'its tag', changes: { subject: { kind: 'tag', id: 'blue', account: 'acct_A' } }, spent: 0b00011n },
      { whose: 'its key', changes: { subject: { kind: 'key', id: 'key_B', account: 'acct_A' } }, spent: 0b01100n },
      {
        whose: 'each customer',
        changes: { subject: { kind: 'customer', account: 'acct_A' }, subjectId: 'Zoë' },
        spent: 0b01010n,
      },
      {
        whose: 'its account, of some models',
        changes: { subject: { kind: 'account', account: 'acct_A' }, models: 'acme/*' },
        spent: 0b01111n,
      },
      {
        whose: 'a customer, of some models',
        changes: { subject: { kind: 'customer', id: 'Zoë', account: 'acct_A' }, models: 'acme/f*' },
        spent: 0b00010n,
      },
      { whose: 'nobody', changes: { subject: { kind: 'key', id: 'key_?', account: 'acct_?' } }, spent: 0n },
      {
        whose: 'its account, for all time',
        changes: { subject: { kind: 'account', account: 'acct_A' }, window: 'lifetime', startsAt: 0, endsAt: Infinity },
        spent: 0b1011111n,
      },
    ])('counts requests of $whose', async ({ changes, spent }) => {
      const store = open()
      const key = (id: string, labels: object) => put(store, 'key', keyRecord({ id, account: 'acct_A', ...labels }))
      const one = await key('key_1', { team: 'team_A', environment: 'live', tags: ['blue', 'red'] })
      const other = await key('key_2', { member: 'mem_A', environment: 'live', tags: ['blue'] })
      const rows = [
        { labels: one.record.labels },
        { labels: other.record.labels, customer: 'Zoë' },
        { keyId: 'key_B', customer: 'another' },
        { keyId: 'key_B', customer: 'Zoë', model: 'acme/slow' },
        { model: 'other/fast' },
        { account: 'acct_B', customer: 'Zoë' },
        { createdAt: at(12) - 9 * DAY_MS },
      ]
      for (const [index, row] of rows.entries())
        await store.ledger.settle(
          usageRecord({ account: 'acct_A', createdAt: at(12), ...row, charge: BigInt(2 ** index) }),
        )
      const budget = testBudget(1000, { since: SINCE, ...changes })
      await spends(open(), budget, spent)
      expect((await lend(budget)).granted).toBe(1000n - spent)
    })

    test('counts what a key, and those that came in its place, had spent before the limit was made', async () => {
      const store = open()
      const chain = [
        { id: 'key_first', replacedBy: 'key_next' },
        { id: 'key_next', replacedBy: 'key_last' },
        { id: 'key_last' },
      ]
      for (const key of chain)
        await put(store, 'key', keyRecord({ ...key, ...(key.id !== 'key_first' && { origin: 'key_first' }) }))
      for (const [index, keyId] of ['key_first', 'key_next', 'key_last', 'key_other'].entries())
        await store.ledger.settle(
          usageRecord({ account: 'default', keyId, createdAt: at(12), charge: BigInt(2 ** index) }),
        )
      const budget = testBudget(1000, { since: SINCE, subject: { kind: 'key', id: 'key_first', account: 'default' } })
      await spends(store, budget, 0b0111n)
      expect((await lend(budget)).granted).toBe(1000n - 0b0111n)
    })

    test('counts nothing of test keys where only live ones count, be they in the registry, in the configuration or gone from it', async () => {
      const store = open()
      const account = 'acct_C'
      for (const id of ['key_tried', 'key_tried_too']) await put(store, 'key', keyRecord({ id, account, mode: 'test' }))
      await put(store, 'key', keyRecord({ id: 'key_live', account }))
      await put(store, 'key', keyRecord({ id: 'key_elsewhere', account: 'acct_D', mode: 'test' }))
      const gone = `${TEST_KEY_ID}1`
      for (const [index, keyId] of [
        'key_live',
        'key_tried',
        'key_config',
        'key_unknown',
        'key_tried_too',
        gone,
      ].entries())
        await store.ledger.settle(usageRecord({ account, keyId, createdAt: at(12), charge: BigInt(2 ** index) }))
      const of = { since: SINCE, subject: { kind: 'account', account } } as const
      const budget = testBudget(1000, { ...of, liveKeysOnly: { testKeys: ['key_config'] } })
      await spends(store, budget, 0b01001n)
      expect((await lend(budget)).granted).toBe(1000n - 0b01001n)
      await spends(store, testBudget(1000, of), 0b111111n)
    })

    test('two windows of one limit are two budgets', async () => {
      const limitId = 'limit_of_two'
      const [first, second] = [0, DAY_MS].map((later) => testBudget(1000, { limitId, startsAt: TEST_DAY + later }))
      const { number } = await lend(first!)
      await open().ledger.settle(usageRecord({ charge: 9n, createdAt: at(23), budgets: [number] }))
      expect(await open().budgets.standing([first!, second!])).toEqual([
        { spent: 9n, held: 0n },
        { spent: 0n, held: 0n },
      ])
      expect((await lend(second!)).granted).toBe(1000n)
    })

    test('a process that was taken for ended has lost its leases, and hears who it is now', async () => {
      const budget = testBudget(1000)
      const { number } = await lend(budget)
      await open().ledger.settle(usageRecord({ charge: 5n, budgets: [number] }))
      const before = (await open().ledger.owners()).length
      await open().ledger.endOwnersOf(process.pid)
      expect(await lend(budget)).toEqual({ number: 0, granted: 0n })
      expect(await open().ledger.owners()).toHaveLength(before + 1)
      expect((await lend(budget)).granted).toBe(995n)
      await spends(open(), budget, 5n)
    })

    test('a request without a known charge counts nothing', async () => {
      const budget = testBudget(1000)
      const { number } = await lend(budget)
      await open().ledger.settle(usageRecord({ charge: undefined, budgets: [number] }))
      await spends(open(), budget, 0n)
    })
  })
}

const at = (hours: number): number => TEST_DAY + hours * HOUR_MS

/** Where records are on the disk only a moment later, they count a moment later. */
async function spends(store: Store, budget: Budget, spent: bigint): Promise<void> {
  let last: bigint | undefined
  await eventually(async () => {
    last = await spentOf(store, budget)
    return last === spent
  }, `${spent} are spent`).catch((error: Error) => {
    throw new Error(`${error.message}, but ${last}`)
  })
}

async function spentOf({ budgets }: Store, budget: Budget): Promise<bigint> {
  const [standing] = await budgets.standing([budget])
  return standing?.spent ?? -1n
}
