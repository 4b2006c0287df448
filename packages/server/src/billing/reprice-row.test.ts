import type { UsageRecord } from '@speka/core'
import { pico, usageRecord } from '../store/__fixtures__/usage-record.ts'
import { covers, repriced, repricingOf, type Repricing } from './reprice-row.ts'

const DAY = 86_400_000
const NOON = Date.UTC(2026, 9, 14, 12)

const repricing = (changes: Partial<Parameters<typeof repricingOf>[0]> = {}): Repricing =>
  repricingOf({
    models: 'acme/*',
    since: NOON - DAY,
    until: NOON + DAY,
    price: { input: '1', output: '2' },
    ...changes,
  })

/** 100 tokens of a prompt and 10 of an answer: 210 by the usual row, 120 by the price of {@link repricing}. */
const row = (changes: Parameters<typeof usageRecord>[0] = {}): UsageRecord =>
  usageRecord({
    createdAt: NOON,
    usage: { inputTokens: 100, outputTokens: 10 },
    price: { input: pico(2_000_000n), output: pico(1_000_000n), source: 'config' },
    charge: 210_000_000n,
    ...changes,
  })

const { price } = repricing()

describe('what a row should have cost', () => {
  test('is its usage at the other price', () => {
    expect(repriced(row(), price, [])).toEqual({ before: 210_000_000n, after: 120_000_000n })
  })

  test('stays nothing where nothing usable was delivered', () => {
    for (const outcome of ['failed', 'interrupted', 'cancelled', 'complete'] as const)
      expect(repriced(row({ outcome, charge: 0n }), price, [])).toEqual({ before: 0n, after: 0n })
    const free = { input: pico(0n), output: pico(0n), source: 'config' } as const
    for (const outcome of ['failed', 'interrupted'] as const)
      expect(repriced(row({ outcome, charge: 0n, price: free }), price, [])).toEqual({ before: 0n, after: 0n })
    const left = row({ outcome: 'cancelled', charge: 0n, price: free, firstOutputMs: undefined })
    expect(repriced(left, price, [])).toEqual({ before: 0n, after: 0n })
  })

  test('is something where the price was nothing, and all was delivered', () => {
    const free = { input: pico(0n), output: pico(0n), source: 'config' } as const
    for (const outcome of ['complete', 'cancelled'] as const)
      expect(repriced(row({ outcome, charge: 0n, price: free }), price, [])).toMatchObject({ after: 120_000_000n })
  })

  test('is by the counts that were held to the most there can be', () => {
    const capped = row({ usage: { inputTokens: 50, outputTokens: 5, capped: true }, charge: 7n })
    expect(repriced(capped, price, [])).toEqual({ before: 7n, after: 60_000_000n })
  })

  test('is unknown where the charge or the usage is', () => {
    expect(repriced(row({ charge: undefined }), price, [])).toBeUndefined()
    expect(repriced(row({ usage: {} }), price, [])).toBeUndefined()
    expect(repriced(row({ usage: { inputTokens: 100 } }), price, [])).toBeUndefined()
  })

  test('is held against what the newest reprice before it says that covers the row', () => {
    const oldest = repricing({ price: { input: '5', output: '5' } })
    const newer = repricing({ price: { input: '3', output: '3' } })
    const ofOthers = [repricing({ models: 'other/*' }), repricing({ until: NOON }), repricing({ since: NOON + 1 })]
    expect(repriced(row(), price, [...ofOthers, newer, oldest])).toEqual({ before: 330_000_000n, after: 120_000_000n })
  })

  test('is held against an older one where the newer has no price for what was used', () => {
    const older = repricing({ price: { input: '3', output: '3' } })
    const without = repricing({ price: { image: '1' } })
    expect(repriced(row(), price, [without, older])).toMatchObject({ before: 330_000_000n })
  })
})

const covered = (changes: Parameters<typeof usageRecord>[0]): boolean => covers(repricing(), row(changes))

test('a reprice covers the models of its glob from its first moment until before its last', () => {
  expect(covered({})).toBe(true)
  expect(covered({ createdAt: NOON - DAY })).toBe(true)
  expect(covered({ createdAt: NOON - DAY - 1 })).toBe(false)
  expect(covered({ createdAt: NOON + DAY - 1 })).toBe(true)
  expect(covered({ createdAt: NOON + DAY })).toBe(false)
  expect(covered({ model: 'other/fast' })).toBe(false)
  expect(covered({ model: undefined })).toBe(false)
})
