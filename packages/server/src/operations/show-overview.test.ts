import { usageRecord } from '../store/__fixtures__/usage-record.ts'
import { fullAccount, holder, NOON, operationParts, operator } from './__fixtures__/two-accounts.ts'
import { changePlan } from './change-account.ts'
import { createAccount } from './create-account.ts'
import { createKey } from './create-key.ts'
import { createTeam } from './create-team.ts'
import type { OperationParts } from './operation.ts'
import { showOverview } from './show-overview.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** In pico-dollars. */
const DOLLAR = 1_000_000_000_000n

let parts: OperationParts
let account: string
beforeEach(async () => {
  ;({ parts } = operationParts())
  account = (await createAccount(parts, operator, { name: 'a' })).id
})

const settle = (changes: Parameters<typeof usageRecord>[0]) =>
  parts.store.ledger.settle(usageRecord({ account, createdAt: NOON - 1, ...changes }))

test('the month is what it has come to, what it will at this pace, and what the last one did', async () => {
  await settle({ charge: 3n * DOLLAR })
  await settle({ charge: 4n * DOLLAR, createdAt: Date.UTC(2026, 9, 31, 23) })
  await settle({ charge: 9n * DOLLAR, createdAt: Date.UTC(2026, 8, 30, 23) })
  const { month } = await showOverview(parts, operator, { account })
  // 21 and a half days of thirty are over.
  expect(month).toMatchObject({ month: '2026-11', spent_usd: '3', last_month_usd: '4', allowance_usd: null })
  expect(month.forecast_usd).toMatch(/^4\.18604651162\d*$/)
  expect(month.elapsed).toBeCloseTo(21.5 / 30)
})

test('what the plan pays for is told where it pays for something', async () => {
  const made = await createAccount(parts, operator, { name: 'b', plan: 'free' })
  expect((await showOverview(parts, operator, { account: made.id })).month.allowance_usd).toBe('1')
  await changePlan(parts, operator, { id: account, plan: 'none' })
  expect((await showOverview(parts, operator, { account })).month.allowance_usd).toBeNull()
  expect((await showOverview(parts, operator, {})).month.allowance_usd).toBeNull()
})

test('a month is by the day, and three days by the hour, each with how long its requests took', async () => {
  await settle({ durationMs: 100, firstOutputMs: 10, charge: 1n })
  await settle({ durationMs: 1000, firstOutputMs: undefined, outcome: 'failed', charge: undefined })
  await settle({ durationMs: 100, firstOutputMs: 10, createdAt: NOON - 2 * HOUR_MS, charge: 2n })
  const days = await showOverview(parts, operator, { account })
  expect(days).toMatchObject({ step: 'day', since: '2026-10-23T00:00:00.000Z', until: '2026-11-23T00:00:00.000Z' })
  expect(days.series.map(({ at, requests }) => [at, requests])).toEqual([['2026-11-22T00:00:00.000Z', 3]])
  expect(days.totals).toMatchObject({ requests: 3, failed: 1, unpriced: 1, cost_usd: '0.000000000003' })
  expect(days.totals.duration_ms?.p50).toBeCloseTo(100, -2)
  expect(days.totals.duration_ms?.p95).toBeGreaterThan(900)
  expect(days.totals.first_output_ms?.p95).toBeLessThan(12)
  const since = new Date(NOON - 3 * DAY_MS).toISOString()
  const hours = await showOverview(parts, operator, { account, since })
  expect(hours.step).toBe('hour')
  expect(hours.series.map(({ at, requests }) => [at, requests])).toEqual([
    ['2026-11-22T10:00:00.000Z', 1],
    ['2026-11-22T11:00:00.000Z', 2],
  ])
  expect(hours.series[0]?.duration_ms?.p95).toBeLessThan(120)
})

test('ten of each split stand by themselves, the dearest first, and the rest are one', async () => {
  for (let n = 1; n <= 12; n += 1) await settle({ model: `acme/m${n}`, charge: BigInt(n) })
  const { model, provider } = (await showOverview(parts, operator, { account })).splits
  expect(model.top.map(({ group }) => group)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((n) => `acme/m${n}`))
  expect(model.rest).toMatchObject({ groups: 2, requests: 2, cost_usd: '0.000000000003' })
  expect(provider.top).toMatchObject([{ group: 'acme', requests: 12 }])
  expect(provider.rest).toBeNull()
})

test('keys and teams are called by their names', async () => {
  const team = (await createTeam(parts, operator, { account, name: 'Search' })).id
  const key = await createKey(parts, operator, { account, name: 'reports', team })
  const labels = (await parts.store.registry.get('key', key.id))?.record.labels
  await settle({ keyId: key.id, ...(labels !== undefined && { labels }) })
  const { splits, keys } = await showOverview(parts, operator, { account })
  expect(splits.key.top).toMatchObject([{ group: key.id, name: 'reports' }])
  expect(splits.team.top).toMatchObject([{ group: team, name: 'Search' }])
  expect(keys).toBe(1)
})

test('a member sees its own account alone, and not what it costs the operator', async () => {
  const theirs = await fullAccount(parts, 'theirs')
  await settle({ account: theirs.account, keyId: theirs.key })
  await settle({ charge: 5n })
  const seen = await showOverview(parts, holder(account, 'viewer'), {})
  expect(seen).toMatchObject({ account, totals: { requests: 1 } })
  expect(JSON.stringify(seen)).not.toContain('upstream_cost_usd')
  for (const id of Object.values(theirs)) expect(JSON.stringify(seen)).not.toContain(id)
  const all = await showOverview(parts, operator, {})
  expect(all).toMatchObject({ account: null, totals: { requests: 2, upstream_cost_usd: '0' } })
})

test.each([
  { since: '2026-11-02T00:00:00Z', until: '2026-11-01T00:00:00Z', says: 'before until' },
  { since: '2024-11-02T00:00:00Z', until: '2026-11-01T00:00:00Z', says: '400 days' },
])('a time from $since to $until is refused', async ({ since, until, says }) => {
  await expect(showOverview(parts, operator, { since, until })).rejects.toMatchObject({
    code: 'invalid_value',
    param: 'since',
    message: expect.stringContaining(says),
  })
})

test('a time can be said by its length, and not by both that and its beginning', async () => {
  expect(await showOverview(parts, operator, { account, last: '7d' })).toMatchObject({
    since: '2026-11-15T00:00:00.000Z',
    until: '2026-11-23T00:00:00.000Z',
  })
  await expect(showOverview(parts, operator, { last: '7d', since: '2026-11-15T00:00:00Z' })).rejects.toMatchObject({
    code: 'invalid_value',
    param: 'since',
  })
})
