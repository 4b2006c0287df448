import fc from 'fast-check'
import type { Price } from '../catalog/model.ts'
import { picoUsd } from '../money.ts'
import type { CallSize } from '../operations/operation.ts'
import type { Rates } from '../units.ts'
import { costOf } from './cost-of.ts'
import { affordableTokens, costRange } from './cost-range.ts'

const price = (parts: { readonly [Rate in keyof Rates]?: bigint }): Price => ({
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

/** How many tokens of an answer a limit allows, in pico-dollars. */
const allowed = (limit: bigint, of = both, choices = 1): number =>
  affordableTokens(picoUsd(limit), size(undefined), of, choices)

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

  test.each([
    { of: 'a recording is by its seconds', asked: { ...size(undefined), seconds: 60 }, cost: 120n },
    { of: 'a text to be read out is by its characters', asked: { ...size(undefined), characters: 50 }, cost: 150n },
    { of: 'both is both', asked: { ...size(undefined), seconds: 60, characters: 50 }, cost: 270n },
  ])('of $of, in place of tokens, and what each request costs', ({ asked, cost }) => {
    const byThePiece = price({ input: 9n, second: 2n, character: 3n })
    expect(costRange(asked, byThePiece)).toEqual({ least: cost, most: cost })
    expect(costRange(asked, { ...byThePiece, request: picoUsd(7n) })).toEqual({ least: cost + 7n, most: cost + 7n })
  })
})

describe('what a call may cost besides its tokens', () => {
  const perRequest = price({ input: 3n, output: 5n, request: 100n, search: 7n })

  test('is what each request costs, once', () => {
    expect(costRange(size(4), perRequest)).toEqual({ least: 130n, most: 150n })
    expect(costRange(size(undefined), perRequest)).toEqual({ least: 130n, most: undefined })
    expect(costRange(size(4), price({ request: 100n }))).toEqual({ least: 100n, most: 100n })
  })

  test('is each search that it may take', () => {
    expect(costRange({ ...size(4), searches: 2 }, perRequest)).toEqual({ least: 144n, most: 164n })
    expect(costRange({ ...size(undefined), searches: 2 }, price({ search: 7n }))).toEqual({ least: 14n, most: 14n })
  })

  test('is what each request costs, with images too', () => {
    expect(costRange(size(undefined, 3), price({ image: 7n, request: 100n }))).toEqual({ least: 121n, most: 121n })
  })

  test('leaves less of a limit for the answer', () => {
    expect(affordableTokens(picoUsd(150n), size(undefined), perRequest, 1)).toBe(4)
    expect(affordableTokens(picoUsd(150n), { ...size(undefined), searches: 2 }, perRequest, 1)).toBe(1)
  })
})

describe('where a part of the tokens has a rate of its own', () => {
  test('nobody knows which they are, so the cheapest counts at the least, and the dearest at the most', () => {
    const withCache = price({ input: 3n, cachedInput: 1n, cacheWrite: 4n, output: 5n, reasoning: 6n })
    expect(costRange(size(2), withCache)).toEqual({ least: 10n, most: 52n })
    expect(allowed(52n, withCache)).toBe(2)
    expect(allowed(51n, withCache)).toBe(1)
  })

  test('cheaper and dearer parts in any order come to the same', () => {
    const cheapLast = price({ input: 3n, cachedInput: 4n, cacheWrite: 1n })
    expect(costRange(size(0), cheapLast)).toEqual({ least: 10n, most: 40n })
  })

  test('an answer costs something where only its reasoning does, and is not without an end', () => {
    const reasoning = price({ input: 3n, output: 0n, reasoning: 6n })
    expect(costRange(size(2), reasoning)).toEqual({ least: 30n, most: 42n })
    expect(costRange(size(undefined), price({ input: 3n, output: 0n }))).toEqual({ least: 30n, most: undefined })
  })
})

const usual = price({ input: 3n, output: 5n })
const flex: Price = { ...price({ input: 1n, output: 9n }), when: { serviceTier: 'flex' } }
const priority: Price = { ...price({ input: 6n, output: 5n }), when: { serviceTier: 'priority' } }
const under = (...rows: Price[]): Price => ({ ...usual, rows })

/** A price that has another row for prompts of more tokens. */
const above = (aboveInputTokens: number): Price =>
  under({ ...price({ input: 10n, output: 5n }), when: { aboveInputTokens } }, usual)

describe('where the price depends on how the call is served', () => {
  test.each([
    ['the cheapest first', under(flex, priority, usual)],
    ['the cheapest last', under(priority, usual, flex)],
  ])('it costs at the least what the cheapest row has, at the most what the dearest has: %s', (_, rows) => {
    expect(costRange(size(4), rows)).toEqual({ least: 10n, most: 80n })
    expect(costRange(size(100), rows)).toEqual({ least: 10n, most: 910n })
  })

  test('it has no end when a row has none', () => {
    const free: Price = { ...price({ input: 3n }), when: { serviceTier: 'free' } }
    expect(costRange(size(undefined), under(free, usual))).toEqual({ least: 30n, most: undefined })
    expect(costRange(size(undefined), under(usual, free))).toEqual({ least: 30n, most: undefined })
    expect(costRange(size(undefined), under(free, price({ input: 4n })))).toEqual({ least: 30n, most: 40n })
  })

  test('it is unknown when a row has no part for what is asked', () => {
    const byImage = price({ image: 7n })
    expect(costRange(size(undefined, 2), under({ ...flex, image: undefined }, byImage))).toBeUndefined()
    expect(costRange(size(undefined, 2), under(byImage, flex))).toBeUndefined()
  })

  test('a limit holds under every row', () => {
    expect(allowed(60n, under(flex, usual))).toBe(5)
    expect(allowed(60n, under(usual, priority))).toBe(0)
    expect(allowed(60n, under(priority, usual))).toBe(0)
  })

  test('a step counts that the prompt may reach, of which three bytes were taken for a token', () => {
    expect(costRange(size(0), above(29))).toEqual({ least: 30n, most: 100n })
    expect(costRange(size(0), above(30))).toEqual({ least: 30n, most: 30n })
    expect(allowed(100n, above(29))).toBe(0)
    expect(allowed(100n, above(30))).toBe(14)
  })
})

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
