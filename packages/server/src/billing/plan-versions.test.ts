import fc from 'fast-check'
import { formatUsd, parseUsd, picoUsd } from '@speka/core'
import { openMemoryStore } from '../store/memory/open-store.ts'
import { allowanceOf, feeLines } from './fee-lines.ts'
import { keepPlanVersions } from './keep-plan-versions.ts'
import { spanOfMonth } from './month.ts'
import { partsOfMonth } from './plan-parts.ts'
import { planVersions, type PlanPrice } from './plan-versions.ts'

const MONTH = '2026-11'
const { from: START, until: END } = spanOfMonth(MONTH)
const day = (number: number): number => Date.UTC(2026, 10, number)

const pro = (monthly: string, included: string, overage: PlanPrice['overage'] = 'bill'): PlanPrice => ({
  monthlyPrice: parseUsd(monthly),
  includedUsage: parseUsd(included),
  overage,
})
const named = (price: PlanPrice) => new Map([['pro', price]])

/** What a configuration has said of the plan pro over time, as a gateway keeps it. */
async function kept(...said: readonly (readonly [at: number, price: PlanPrice])[]) {
  const { registry } = openMemoryStore()
  for (const [at, price] of said) await keepPlanVersions(registry, named(price), at)
  return (await registry.list('plan')).map(({ record }) => record)
}

const account = { plan: 'pro', createdAt: 0 }

test('a month is charged by what was in force in it, whatever the configuration says when it is closed', async () => {
  const records = await kept([day(1) - 1, pro('99', '150')], [END + 1, pro('199', '10')])
  const plans = planVersions(named(pro('499', '1')), records, END + 2)
  const parts = partsOfMonth(account, MONTH, plans)
  expect(formatUsd(feeLines(parts, MONTH).sum)).toBe('99')
  expect(formatUsd(allowanceOf(parts, MONTH))).toBe('150')
})

test('a plan has another version for each thing that changes of it, and none for what is said again', async () => {
  const said = [pro('99', '150'), pro('99', '150'), pro('98', '150'), pro('98', '140'), pro('98', '140', 'stop')]
  const [record] = await kept(...said.map((price, index) => [day(1 + index), price] as const))
  expect(record?.versions).toEqual([
    { from: 0, monthlyUsd: '99', includedUsd: '150', overage: 'bill' },
    { from: day(3), monthlyUsd: '98', includedUsd: '150', overage: 'bill' },
    { from: day(4), monthlyUsd: '98', includedUsd: '140', overage: 'bill' },
    { from: day(5), monthlyUsd: '98', includedUsd: '140', overage: 'stop' },
  ])
  const versions = record && planVersions(named(pro('98', '140', 'stop')), [record], END).get('pro')
  expect(versions?.map(({ from }) => from)).toEqual([0, day(3), day(4), day(5)])
})

test('a month in which a plan became another is cut there, for its fee and for what it includes', async () => {
  const records = await kept([day(1), pro('99', '150')], [day(11), pro('129', '90')])
  const parts = partsOfMonth(account, MONTH, planVersions(new Map(), records))
  expect(parts.map(({ from, until }) => [from, until])).toEqual([
    [START, day(11)],
    [day(11), END],
  ])
  expect(formatUsd(feeLines(parts, MONTH).sum)).toBe('119')
  expect(formatUsd(allowanceOf(parts, MONTH))).toBe('110')
})

test('of a plan that stops, the most that it let through in a month counts', async () => {
  const records = await kept([day(1), pro('0', '5', 'stop')], [day(3), pro('0', '1', 'stop')])
  const parts = partsOfMonth(account, MONTH, planVersions(new Map(), records))
  expect(formatUsd(allowanceOf(parts, MONTH))).toBe('5')
})

test('a plan that is gone from the configuration is charged as it was', async () => {
  const records = await kept([day(1), pro('99', '150')])
  const parts = partsOfMonth(account, MONTH, planVersions(new Map(), records, END))
  expect(formatUsd(feeLines(parts, MONTH).sum)).toBe('99')
})

test('what the configuration says and nobody has kept yet is so from now on, and of a plan that was never kept always', async () => {
  const records = await kept([day(1), pro('99', '150')])
  const changed = named(pro('109', '150'))
  expect(
    planVersions(changed, records, END)
      .get('pro')
      ?.map(({ from }) => from),
  ).toEqual([0, END])
  expect(
    planVersions(changed, [], END)
      .get('pro')
      ?.map(({ from }) => from),
  ).toEqual([0])
})

test('the parts of a month lie close together, and each has the price of its time', async () => {
  const change = fc.record({
    at: fc.integer({ min: START - 10 * 86_400_000, max: END + 10 * 86_400_000 }),
    fee: fc.integer({ min: 0, max: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
      const sorted = changes.toSorted((one, other) => one.at - other.at)
      const records = await kept(...sorted.map(({ at, fee }) => [at, pro(String(fee), '0')] as const))
      const parts = partsOfMonth(account, MONTH, planVersions(new Map(), records))
      expect([parts[0]?.from, parts.at(-1)?.until]).toEqual([START, END])
      for (const [index, part] of parts.entries()) {
        if (index > 0) expect(part.from).toBe(parts[index - 1]?.until)
        for (const moment of [part.from, part.until - 1]) {
          // The first is taken to have been there before it was kept.
          const said = sorted.findLast(({ at }) => at <= moment) ?? sorted[0]
          expect(part.plan?.monthlyPrice).toBe(picoUsd(BigInt(said?.fee ?? -1) * 1_000_000_000_000n))
        }
      }
    }),
    { numRuns: 200 },
  )
})
