import fc from 'fast-check'
import type { Price } from '../catalog/model.ts'
import { picoUsd } from '../money.ts'
import type { CallSize } from '../operations/operation.ts'
import { costOf } from './cost-of.ts'
import { affordableTokens, costRange } from './cost-range.ts'

const price = (parts: Partial<Record<'input' | 'output' | 'image', bigint>>): Price => ({
  source: 'config',
  ...Object.fromEntries(Object.entries(parts).map(([unit, amount]) => [unit, picoUsd(amount)])),
})

/** A prompt of ten tokens, and what may be answered. */
const size = (outputTokens: number | undefined, images?: number): CallSize => ({
  inputTokens: 10,
  outputTokens,
  images,
})

const both = price({ input: 3n, output: 5n })

describe('what a call may cost', () => {
  test.each([
    { of: 'is more the longer its answer may be', size: size(4), least: 30n, most: 50n },
    {
      of: 'has no end without a limit',
      size: size(undefined),
      least: 30n,
      most: undefined,
    },
    {
      of: 'is that of its prompt, without an answer',
      size: size(0),
      least: 30n,
      most: 30n,
    },
    { of: 'has a single token in it', size: size(1), least: 30n, most: 35n },
  ])('$of', ({ size: asked, least, most }) => {
    expect(costRange(asked, both)).toEqual({ least, most })
  })

  test('is that of its prompt where answers cost nothing, however long', () => {
    const byInput = price({ input: 3n })
    expect(costRange(size(undefined), byInput)).toEqual({ least: 30n, most: 30n })
  })

  test('is that of its answer where prompts cost nothing', () => {
    expect(costRange(size(4), price({ output: 5n }))).toEqual({ least: 0n, most: 20n })
  })

  test('of images is by the image alone', () => {
    expect(costRange(size(4, 3), price({ image: 7n }))).toEqual({ least: 21n, most: 21n })
    expect(costRange(size(4, 3), both)).toBeUndefined()
  })

  test('is unknown without a price for what is asked', () => {
    expect(costRange(size(4), price({ image: 7n }))).toBeUndefined()
  })
})

const allowed = (limit: bigint, of = both, choices = 1): number =>
  affordableTokens(picoUsd(limit), size(undefined), of, choices)

describe('the tokens that a limit allows', () => {
  test('are what is left when the prompt is paid for, whole ones', () => {
    expect(allowed(50n)).toBe(4)
    expect(allowed(54n)).toBe(4)
    expect(allowed(55n)).toBe(5)
  })

  test('are shared by the choices', () => {
    expect(allowed(50n, both, 2)).toBe(2)
    expect(allowed(50n, both, 3)).toBe(1)
  })

  test('are none when the prompt takes it all, and fewer when it takes more', () => {
    expect(allowed(30n)).toBe(0)
    expect(allowed(29n)).toBe(-1)
    expect(allowed(31n, price({ input: 3n, output: 1n }))).toBe(1)
  })

  test('are counted by the answer alone where prompts cost nothing', () => {
    expect(allowed(20n, price({ output: 5n }))).toBe(4)
  })

  test.each([price({ input: 3n }), price({ input: 3n, output: 0n })])(
    'have no end where answers cost nothing',
    (free) => {
      expect(allowed(0n, free)).toBe(Infinity)
    },
  )
})

test('an answer as long as the money buys costs no more than the money, and one token more in each choice does', () => {
  const amounts = [
    fc.bigInt(0n, 10n ** 15n),
    fc.nat(10 ** 6),
    fc.bigInt(0n, 10n ** 9n),
    fc.bigInt(1n, 10n ** 9n),
  ] as const
  fc.assert(
    fc.property(...amounts, fc.integer({ min: 1, max: 8 }), (money, inputTokens, input, output, choices) => {
      const at: Price = { input: picoUsd(input), output: picoUsd(output), source: 'config' }
      const each = affordableTokens(
        picoUsd(money),
        { inputTokens, outputTokens: undefined, images: undefined },
        at,
        choices,
      )
      fc.pre(each >= 0 && each < 2 ** 50)
      const cost = (tokens: number): bigint => costOf({ inputTokens, outputTokens: tokens * choices }, at) ?? 0n
      expect(cost(each)).toBeLessThanOrEqual(money)
      expect(cost(each + 1)).toBeGreaterThan(money)
    }),
  )
})
