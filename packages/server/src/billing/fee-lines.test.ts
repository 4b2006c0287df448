import fc from 'fast-check'
import { formatUsd, parseUsd, picoUsd } from '@speka/core'
import { plans } from '@speka/core/internal'
import { MONTH, onPlan, span } from './__fixtures__/facts.ts'
import { allowanceOf, feeLines } from './fee-lines.ts'
import type { PlanPart } from './invoice-facts.ts'

const day = (number: number): number => Date.UTC(2026, 10, number)

const part = (name: string, from: number, until: number): PlanPart => ({
  name,
  plan: plans.find(({ id }) => id === name),
  from,
  until,
})

test('a whole month has the whole fee and allowance', () => {
  expect(feeLines(onPlan('pro'), MONTH)).toEqual({
    sum: parseUsd('99'),
    lines: [
      {
        kind: 'fee',
        plan: 'pro',
        from: '2026-11-01T00:00:00.000Z',
        until: '2026-12-01T00:00:00.000Z',
        monthly_usd: '99',
        amount_usd: '99',
      },
    ],
  })
  expect(allowanceOf(onPlan('pro'), MONTH)).toBe(parseUsd('150'))
})

test('each part has its share by time, rounded to the pico-dollar', () => {
  const parts = [part('starter', day(1), day(11)), part('pro', day(11), day(21)), part('none', day(21), span.until)]
  const { lines } = feeLines(parts, MONTH)
  expect(lines.map((line) => line.amount_usd)).toEqual(['6.333333333333', '33'])
  expect(formatUsd(allowanceOf(parts, MONTH))).toBe('58.333333333333')
})

test('of plans that stop, the largest allowance counts whole, however short the plan was in force', () => {
  const parts = [part('free', day(1), day(2)), part('starter', day(2), day(3)), part('free', day(3), day(4))]
  expect(formatUsd(allowanceOf(parts, MONTH))).toBe(formatUsd(picoUsd(parseUsd('1') + 833_333_333_333n)))
  expect(feeLines(parts, MONTH).lines).toHaveLength(1)
})

test('a month cut anyhow costs what it costs whole, but for half a pico-dollar a cut', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: span.from, max: span.until }), { maxLength: 8 }), (cuts) => {
      const edges = [span.from, ...cuts.toSorted((a, b) => a - b), span.until]
      const parts = edges.slice(1).map((until, index) => part('scale', edges[index] ?? 0, until))
      const off = feeLines(parts, MONTH).sum - parseUsd('399')
      expect(2n * (off < 0n ? -off : off) <= BigInt(parts.length)).toBe(true)
    }),
  )
})
