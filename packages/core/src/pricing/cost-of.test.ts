import fc from 'fast-check'
import type { Price } from '../catalog/model.ts'
import { parsePricePerMillion, parseUsd } from '../money.ts'
import { costOf } from './cost-of.ts'
import { priceAt } from './price-at.ts'

const price: Price = {
  input: parsePricePerMillion('0.27'),
  cachedInput: parsePricePerMillion('0.07'),
  output: parsePricePerMillion('1.10'),
  image: parseUsd('0.04'),
  source: 'published',
}
/** Most models of chat have these three rates and no more. */
const chatOnly: Price = { ...price, image: undefined }

describe.each([
  ['of chat alone', chatOnly],
  ['that has more to it', price],
])('the cost of an answer, by a price %s', (_, price) => {
  test('adds fresh input, cached input and output, each at its own price', () => {
    const usage = { inputTokens: 1000, cachedInputTokens: 400, outputTokens: 50 }
    expect(costOf(usage, price)).toBe(600n * 270_000n + 400n * 70_000n + 50n * 1_100_000n)
  })

  test('charges cached input like any other where the price has no rate for it', () => {
    const usage = { inputTokens: 1000, cachedInputTokens: 400, outputTokens: 0 }
    expect(costOf(usage, { ...price, cachedInput: undefined })).toBe(1000n * 270_000n)
  })

  test('has no more cached input than there was input', () => {
    const usage = { inputTokens: 10, cachedInputTokens: 1000, outputTokens: 0 }
    expect(costOf(usage, price)).toBe(10n * 70_000n)
  })

  test.each([{ usage: { outputTokens: 5 } }, { usage: { inputTokens: 5 } }, { usage: {} }])(
    'is unknown, not zero, when a priced count is missing: $usage',
    ({ usage }) => {
      expect(costOf(usage, price)).toBeUndefined()
    },
  )

  test('has each cached token in it, a single one too', () => {
    expect(costOf({ inputTokens: 10, cachedInputTokens: 1, outputTokens: 0 }, price)).toBe(9n * 270_000n + 70_000n)
    expect(costOf({ inputTokens: 10, cachedInputTokens: 0, outputTokens: 1 }, price)).toBe(10n * 270_000n + 1_100_000n)
  })
})

describe('the cost of an answer', () => {
  test('is unknown for a model without a price', () => {
    expect(costOf({ inputTokens: 5, outputTokens: 5 }, { source: 'config' })).toBeUndefined()
  })

  test('of an embedding needs no output count', () => {
    expect(costOf({ inputTokens: 10 }, { input: parsePricePerMillion('0.016'), source: 'published' })).toBe(160_000n)
  })

  test('of an image is by the image', () => {
    expect(costOf({ images: 3 }, price)).toBe(120_000_000_000n)
    expect(costOf({ images: 3, inputTokens: 50, outputTokens: 1000 }, price)).toBe(120_000_000_000n)
  })

  test('of an image without a price is by its tokens, where they were counted', () => {
    const byTokens = { ...price, image: undefined }
    expect(costOf({ images: 1, inputTokens: 50, outputTokens: 1000 }, byTokens)).toBe(50n * 270_000n + 1_100_000_000n)
    expect(costOf({ images: 1 }, byTokens)).toBeUndefined()
  })

  test('of two answers together is the sum of both', () => {
    const counts = fc.record({ inputTokens: fc.nat(10 ** 7), outputTokens: fc.nat(10 ** 7) })
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        const both = { inputTokens: a.inputTokens + b.inputTokens, outputTokens: a.outputTokens + b.outputTokens }
        expect(costOf(both, price)).toBe((costOf(a, price) ?? 0n) + (costOf(b, price) ?? 0n))
      }),
    )
  })
})

describe('the price in force', () => {
  const prices: Price[] = [
    { source: 'published', asOf: '2026-06' },
    { source: 'published', asOf: '2026-09' },
  ]

  test.each([
    { at: '2026-06-01', asOf: '2026-06' },
    { at: '2026-08-31T23:59:59.999Z', asOf: '2026-06' },
    { at: '2026-09-01', asOf: '2026-09' },
    { at: '2020-01-01', asOf: '2026-06' },
  ])('on $at is the one of $asOf', ({ at, asOf }) => {
    expect(priceAt(prices, Date.parse(at))?.asOf).toBe(asOf)
  })
})
