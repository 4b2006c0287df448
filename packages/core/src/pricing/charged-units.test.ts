import fc from 'fast-check'
import type { Price } from '../catalog/model.ts'
import { picoUsd } from '../money.ts'
import { unitEntries } from '../units.ts'
import type { Usage } from '../usage.ts'
import { chargedUnits, rateOf } from './charged-units.ts'
import { costOf } from './cost-of.ts'

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })

const usage: fc.Arbitrary<Usage> = fc
  .tuple(...unitEntries.map(() => optional(fc.nat(10 ** 6))))
  .map((counts) => Object.fromEntries(unitEntries.map(({ count }, index) => [count, counts[index]])))

const row: fc.Arbitrary<Price> = fc
  .tuple(...unitEntries.map(() => optional(fc.bigInt(0n, 10n ** 9n))))
  .map((rates) => ({
    ...Object.fromEntries(unitEntries.map(({ rate }, index) => [rate, rates[index]])),
    source: 'config',
  }))

const price: fc.Arbitrary<Price> = fc.oneof(
  row,
  fc.tuple(row, row, fc.nat(10 ** 6)).map(([usual, other, aboveInputTokens]) => ({
    ...usual,
    rows: [{ ...other, when: { aboveInputTokens } }, usual],
  })),
)

describe('the units that a charge is made of', () => {
  test('cost together what the usage does, whatever was used and whatever has a price', () => {
    fc.assert(
      fc.property(usage, price, (used, at) => {
        const charged = chargedUnits(used, at)
        const sum = charged?.reduce((total, { quantity, rate }) => total + BigInt(quantity) * rate, 0n)
        expect(sum).toBe(costOf(used, at))
      }),
      { numRuns: 2000 },
    )
  })

  test('are each there once, with the rate that the price has for them', () => {
    fc.assert(
      fc.property(usage, row, (used, at) => {
        const charged = chargedUnits(used, at) ?? []
        expect(new Set(charged.map(({ unit }) => unit)).size).toBe(charged.length)
        for (const { unit, rate, quantity } of charged) {
          expect(rateOf(at, unit)).toBe(rate)
          expect(quantity).toBeGreaterThan(0)
        }
      }),
    )
  })

  test('of a prompt are those that no cache had, and those that one had, where these have a price', () => {
    const used = { inputTokens: 1000, cachedInputTokens: 400, cacheWrite1hTokens: 100, outputTokens: 0 }
    const rates = { input: picoUsd(3n), output: picoUsd(5n), cacheWrite: picoUsd(4n), source: 'config' } as const
    expect(chargedUnits(used, { ...rates, cachedInput: picoUsd(1n) })).toEqual([
      { unit: 'cached_input', quantity: 400, rate: 1n },
      { unit: 'cache_write_1h', quantity: 100, rate: 4n },
      { unit: 'input', quantity: 500, rate: 3n },
    ])
    expect(chargedUnits(used, { ...rates, cacheWrite: undefined })).toEqual([
      { unit: 'input', quantity: 1000, rate: 3n },
    ])
  })

  test.each([
    ['cache_write_1h', { cacheWrite: picoUsd(4n) }, 4n],
    ['cache_write_1h', { cacheWrite: picoUsd(4n), cacheWrite1h: picoUsd(5n) }, 5n],
    ['cache_write', { cacheWrite1h: picoUsd(5n) }, undefined],
    ['cached_input', { input: picoUsd(3n) }, undefined],
  ] as const)('have the rate of the unit that they are rated as: %s of %j is %p', (unit, rates, rate) => {
    expect(rateOf({ source: 'config', ...rates }, unit)).toBe(rate)
  })

  test('of an image with a price are images alone, and a request counts once where nobody has counted', () => {
    const at: Price = { image: picoUsd(7n), input: picoUsd(3n), request: picoUsd(2n), source: 'config' }
    expect(chargedUnits({ images: 3, inputTokens: 50 }, at)).toEqual([
      { unit: 'image', quantity: 3, rate: 7n },
      { unit: 'request', quantity: 1, rate: 2n },
    ])
  })
})
