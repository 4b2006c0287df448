import type { Price } from '../catalog/model.ts'
import { picoUsd } from '../money.ts'
import { unitEntries } from '../units.ts'
import { costRange } from './cost-range.ts'
import { showConditions, showRates } from './show-price.ts'

const base: Price = { source: 'config', input: picoUsd(1_000_000n), output: picoUsd(2_000_000n) }
const flex: Price = { ...base, input: picoUsd(500_000n), when: { serviceTier: 'flex' } }
const long: Price = {
  ...base,
  input: picoUsd(2_000_000n),
  output: picoUsd(4_000_000n),
  cacheWrite1h: picoUsd(5_000_000n),
  when: { aboveInputTokens: 1000 },
}
const price: Price = { ...base, rows: [flex, long, base] }

test('a price is shown with every rate that it has, in the unit that it is quoted by', () => {
  const all: Price = {
    source: 'config',
    ...Object.fromEntries(unitEntries.map(({ rate }) => [rate, picoUsd(1_500_000n)])),
  }
  const shown = unitEntries.map(({ unit, per }) =>
    per === 'million' ? [`${unit}_per_1m`, '1.5'] : [`per_${unit}`, '0.0000015'],
  )
  expect(showRates(all)).toEqual(Object.fromEntries(shown))
  expect(showRates(base)).toEqual({ input_per_1m: '1', output_per_1m: '2' })
})

test('rows that hold under a condition are shown with it', () => {
  expect(showConditions(base)).toBeUndefined()
  expect(showConditions(price)).toEqual([
    { service_tier: 'flex', input_per_1m: '0.5', output_per_1m: '2' },
    { above_input_tokens: 1000, input_per_1m: '2', output_per_1m: '4', cache_write_1h_per_1m: '5' },
  ])
})

const size = (inputTokens: number, outputTokens: number) => ({ inputTokens, outputTokens, images: undefined })

test('what a call may cost ranges over the conditions that it may meet, and over the parts of its prompt', () => {
  expect(costRange(size(100, 10), price)).toEqual({
    least: 100n * 500_000n,
    most: 100n * 1_000_000n + 10n * 2_000_000n,
  })
  expect(costRange(size(1200, 10), price)).toEqual({
    least: 1200n * 500_000n,
    most: 1200n * 5_000_000n + 10n * 4_000_000n,
  })
})

test('a request that has a price of its own costs it in any case', () => {
  const each = { ...base, request: picoUsd(7n) }
  expect(costRange(size(0, 0), each)).toEqual({ least: 7n, most: 7n })
})
