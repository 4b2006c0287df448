import { picoUsd } from '../money.ts'
import { testBudget, TEST_DAY } from './__fixtures__/budget.ts'
import type { Budget } from './budgets.ts'
import { budgetsNow, showBudget, showRate, standingsOf } from './limit-standing.ts'
import type { RateKind } from './limit.ts'
import { moneyLimit } from './limits.fake.ts'
import { rate } from './rates/rates.fake.ts'

const NOON = TEST_DAY + 43_200_000
const known = { spent: picoUsd(0n), held: picoUsd(0n), remaining: picoUsd(5n) }

test('a budget is shown with its amounts in dollars, and with when it begins anew', () => {
  const budget = testBudget(5_000_000_000_000, { models: 'meta/*' })
  const amounts = { spent: picoUsd(1_500_000_000_000n), held: picoUsd(250_000_000_000n), remaining: picoUsd(1n) }
  expect(showBudget({ budget, ...amounts })).toEqual({
    subject: 'key',
    kind: 'usd',
    window: 'day',
    limit: '5',
    spent: '1.5',
    held: '0.25',
    remaining: '0.000000000001',
    resets_at: '2026-03-15T00:00:00.000Z',
    models: 'meta/*',
    on_reached: 'stop',
    fallback: null,
  })
})

test('a budget that never begins anew says so, and one that falls back names the models', () => {
  const lifetime = testBudget(5, { window: 'lifetime', endsAt: Infinity, onReached: 'fallback' })
  const limit = { ...lifetime.applied.limit, fallback: ['cheap'] }
  const budget: Budget = { ...lifetime, applied: { ...lifetime.applied, limit } }
  expect(showBudget({ budget, ...known })).toMatchObject({
    window: 'lifetime',
    resets_at: null,
    models: null,
    on_reached: 'fallback',
    fallback: ['cheap'],
  })
})

test.each<[kind: RateKind, window: string, used: { spent: string; held: string }, resetsAt: string | null]>([
  ['rpm', 'minute', { spent: '7', held: '0' }, '2026-03-14T12:00:01.001Z'],
  ['rpd', 'day', { spent: '7', held: '0' }, '2026-03-14T12:00:01.001Z'],
  ['tpm', 'minute', { spent: '7', held: '0' }, '2026-03-14T12:00:01.001Z'],
  ['max_parallel', 'parallel', { spent: '0', held: '7' }, null],
])('a rate of %s counts by %s, whole ones, and what is under way is held', (kind, window, used, resetsAt) => {
  expect(showRate({ applied: rate(kind, 10), remaining: 3.9, resetMs: 1000.5 }, NOON)).toEqual({
    subject: 'key',
    kind,
    window,
    limit: '10',
    ...used,
    remaining: '3',
    resets_at: resetsAt,
    models: null,
    on_reached: 'stop',
    fallback: null,
  })
})

test.each([
  [-2, { spent: '10', remaining: '0' }],
  [12, { spent: '0', remaining: '12' }],
])('a rate with %p left is not used up by less than nothing, nor by more than there is', (remaining, shown) => {
  expect(showRate({ applied: rate('rpm', 10), remaining, resetMs: 0 }, NOON)).toMatchObject(shown)
})

const money = [moneyLimit({ usd: '5' }), moneyLimit({ usd: '0.000000000003' }), moneyLimit({ usd: '1' })]
const standings = [
  { spent: picoUsd(1_000_000_000_000n), held: picoUsd(500_000_000_000n) },
  { spent: picoUsd(2n), held: picoUsd(2n) },
]
const budgets = { standing: () => Promise.resolve(standings) }

test('what is left of budgets is what is neither spent nor held, and not less than nothing', async () => {
  const left = await budgetsNow(money, budgets, NOON)
  expect(left.map(({ remaining }) => remaining)).toEqual([3_500_000_000_000n, 0n, 1_000_000_000_000n])
  expect(left[2]).toMatchObject({ spent: 0n, held: 0n })
})

test('nobody is asked about what does not apply', async () => {
  const asked: string[] = []
  const sources = {
    budgets: { standing: () => (asked.push('money'), budgets.standing()) },
    rates: { standing: () => (asked.push('rates'), []) },
  }
  expect(await standingsOf({ money: [], rates: [] }, sources, NOON)).toEqual({ money: [], rates: [] })
  expect(asked).toEqual([])
  await standingsOf({ money, rates: [rate('rpm', 1)] }, sources, NOON)
  expect(asked).toEqual(['money', 'rates'])
})
