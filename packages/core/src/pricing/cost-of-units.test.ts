import fc from 'fast-check'
import type { Price } from '../catalog/model.ts'
import { parsePricePerMillion, parseUsd } from '../money.ts'
import { unitEntries, type CountName } from '../units.ts'
import type { Usage } from '../usage.ts'
import { costOf } from './cost-of.ts'

const priced = (rates: Readonly<Record<string, string>>): Price => ({
  source: 'config',
  ...Object.fromEntries(
    unitEntries.flatMap(({ unit, rate, per }) => {
      const text = rates[unit]
      if (text === undefined) return []
      return [[rate, per === 'million' ? parsePricePerMillion(text) : parseUsd(text)]]
    }),
  ),
})

test.each([
  [
    'what went into the cache',
    { cache_write: '1.25' },
    { cacheWriteTokens: 400 },
    600n * 1_000_000n + 400n * 1_250_000n,
  ],
  [
    'what went there for an hour',
    { cache_write_1h: '2' },
    { cacheWrite1hTokens: 400 },
    600n * 1_000_000n + 400n * 2_000_000n,
  ],
  [
    'an hour without a rate, like five minutes',
    { cache_write: '1.25' },
    { cacheWrite1hTokens: 400 },
    600n * 1_000_000n + 400n * 1_250_000n,
  ],
  [
    'the cache without a rate, like the prompt',
    {},
    { cacheWriteTokens: 400, cacheWrite1hTokens: 100 },
    1000n * 1_000_000n,
  ],
  ['sound', { audio_input: '40' }, { audioInputTokens: 10 }, 990n * 1_000_000n + 10n * 40_000_000n],
  ['searches, besides', { search: '0.01' }, { searches: 3 }, 1000n * 1_000_000n + 30_000_000_000n],
  ['no search at all, besides', { search: '0.01' }, {}, 1000n * 1_000_000n],
  ['each request, besides', { request: '0.005' }, {}, 1000n * 1_000_000n + 5_000_000_000n],
  ['seconds, in place of tokens', { second: '0.0001' }, { seconds: 60 }, 6_000_000_000n],
  ['characters, in place of tokens', { character: '0.000015' }, { characters: 100 }, 1_500_000_000n],
])('a price may have a rate for %s', (_, rates, counts, cost) => {
  expect(costOf({ inputTokens: 1000, ...counts }, priced({ input: '1', ...rates }))).toBe(cost)
})

test('a price of searches alone prices those that were counted, and nothing else', () => {
  const price = priced({ search: '0.002' })
  expect(costOf({ searches: 2 }, price)).toBe(4_000_000_000n)
  expect(costOf({ inputTokens: 5 }, price)).toBeUndefined()
})

test('reasoning and sound of an answer have rates of their own', () => {
  const price = priced({ output: '2', reasoning: '3', audio_output: '8' })
  const usage = { outputTokens: 100, reasoningTokens: 20, audioOutputTokens: 50 }
  expect(costOf(usage, price)).toBe(30n * 2_000_000n + 20n * 3_000_000n + 50n * 8_000_000n)
})

/** Millionths of a dollar, as they are written. */
const decimals = (millionths: bigint): string =>
  `${millionths / 1_000_000n}.${(millionths % 1_000_000n).toString().padStart(6, '0')}`

test('the cost is exact for any price and any usage: in whole pico-dollars what fractions say', () => {
  const tokens = unitEntries.filter(({ per }) => per === 'million')
  /** USD per 1M tokens, in millionths: as fine as a price may be. */
  const rates = fc.record(Object.fromEntries(tokens.map(({ unit }) => [unit, fc.bigInt(0n, 10n ** 9n)])), {
    requiredKeys: ['input', 'output'],
  })
  const counts = fc.record(Object.fromEntries(tokens.map(({ count }) => [count, fc.nat(10 ** 7)])), {
    requiredKeys: ['inputTokens', 'outputTokens'],
  })
  fc.assert(
    fc.property(rates, counts, (asked, usage) => {
      const price = priced(
        Object.fromEntries(Object.entries(asked).map(([unit, rate]) => [unit, decimals(rate ?? 0n)])),
      )
      // In USD × 10¹²: rate/10⁶ dollars for each 10⁶ tokens is rate × count, over 10¹².
      let cost = 0n
      for (const [sum, total] of [
        ['input', usage['inputTokens']],
        ['output', usage['outputTokens']],
      ] as const) {
        let left = total ?? 0
        for (const { unit, count, partOf } of tokens) {
          const rate = asked[unit] ?? (unit === 'cache_write_1h' ? asked['cache_write'] : undefined)
          if (partOf !== sum || rate === undefined) continue
          const part = Math.min(left, usage[count] ?? 0)
          left -= part
          cost += BigInt(part) * rate
        }
        cost += BigInt(left) * (asked[sum] ?? 0n)
      }
      expect(costOf(usage, price)).toBe(cost)
    }),
  )
})

const base = priced({ input: '2', output: '10' })
const flex = { ...priced({ input: '1', output: '5' }), when: { serviceTier: 'flex' } }
const long = { ...priced({ input: '4', output: '15' }), when: { aboveInputTokens: 200_000 } }
const longFlex = { ...priced({ input: '3', output: '7' }), when: { serviceTier: 'flex', aboveInputTokens: 200_000 } }
const conditional: Price = { ...base, rows: [longFlex, flex, long, base] }

test.each([
  ['nothing else holds', {}, 2n, 10n],
  ['another tier served it', { serviceTier: 'default' }, 2n, 10n],
  ['its tier served it', { serviceTier: 'flex' }, 1n, 5n],
  ['the prompt is as long as the step', { inputTokens: 200_000 }, 2n, 10n],
  ['the prompt is longer than the step', { inputTokens: 200_001 }, 4n, 15n],
  ['both', { serviceTier: 'flex', inputTokens: 200_001 }, 3n, 7n],
] as const)('the row is used whose condition holds: %s', (_, facts, input, output) => {
  const usage: Usage = { inputTokens: 1000, outputTokens: 10, ...facts }
  expect(costOf(usage, conditional)).toBe(
    BigInt(usage.inputTokens ?? 0) * input * 1_000_000n + 10n * output * 1_000_000n,
  )
})

test('every unit is counted and priced by a field of its own', () => {
  const fields = ['count', 'rate', 'total'] as const
  for (const field of fields) expect(new Set(unitEntries.map((entry) => entry[field])).size).toBe(unitEntries.length)
  // What is added to the table is priced without another line.
  for (const { unit, count, charged } of unitEntries) {
    const usage = { inputTokens: 7, outputTokens: 7, [count]: 7 } satisfies { [Name in CountName]?: number }
    const price = priced({ ...(charged === undefined && { input: '0', output: '0' }), [unit]: '0.000001' })
    expect(costOf(usage, price)).toBeGreaterThan(0n)
  }
})
