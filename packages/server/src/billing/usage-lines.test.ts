import fc from 'fast-check'
import { parseUsd, picoUsd } from '@speka/core'
import { costOf } from '@speka/core/internal'
import { price, usageOf } from './__fixtures__/facts.ts'
import { parseSignedUsd } from './signed-usd.ts'
import { usageLines } from './usage-lines.ts'

const names = new Map([
  ['key_1', 'production'],
  ['team_1', 'research'],
])

test('a unit is a line with its quantity, its price, where that comes from, and the exact amount', () => {
  const used = usageOf('0.8', {
    price: price(),
    team: 'team_1',
    counts: { inputTokens: 1_000_000, outputTokens: 1_000_000 },
  })
  const line = {
    kind: 'usage',
    team: { id: 'team_1', name: 'research' },
    key: { id: 'key_1', name: 'production' },
    model: 'acme/fast',
    quantity: 1_000_000,
    per: 1_000_000,
    price_source: 'config',
    price_as_of: '2026-10',
    price_condition: null,
  }
  expect(usageLines([used], names)).toEqual([
    { ...line, unit: 'input', unit_price_usd: '0.2', amount_usd: '0.2' },
    { ...line, unit: 'output', unit_price_usd: '0.6', amount_usd: '0.6' },
  ])
})

test('what is made by the piece is priced by the piece', () => {
  const used = usageOf('0.08', { price: { source: 'config', image: parseUsd('0.04') }, counts: { images: 2 } })
  expect(usageLines([used], names)).toMatchObject([
    { unit: 'image', quantity: 2, unit_price_usd: '0.04', per: 1, price_as_of: null, amount_usd: '0.08' },
  ])
})

test('a unit that is rated as another has that one’s rate', () => {
  const used = usageOf('0.000003', {
    price: price({ cacheWrite: picoUsd(300_000n) }),
    counts: { cacheWrite1hTokens: 10 },
  })
  expect(usageLines([used], names)).toMatchObject([
    { unit: 'cache_write_1h', unit_price_usd: '0.3', amount_usd: '0.000003' },
  ])
})

test('prices under conditions are lines of their own, and say which', () => {
  const flex = price({ when: { serviceTier: 'flex', aboveInputTokens: 200_000 }, input: picoUsd(100_000n) })
  const used = [price(), flex].map((row) =>
    usageOf('0.000001', { price: row, counts: { inputTokens: 5 }, charge: picoUsd(5n * (row.input ?? 0n)) }),
  )
  expect(usageLines(used, names).map((line) => [line.price_condition, line.unit_price_usd])).toEqual([
    [null, '0.2'],
    ['service_tier: flex, above_input_tokens: 200000', '0.1'],
  ])
})

test('what was charged otherwise is a line without a unit, of so many requests; what cost nothing is none', () => {
  expect(usageLines([usageOf('0.5', { requests: 3 }), usageOf('0', { requests: 7 })], names)).toMatchObject([
    { unit: null, quantity: 3, unit_price_usd: null, per: 1, price_source: null, amount_usd: '0.5' },
  ])
})

test('what other labels have told apart is one line, and a key without a name is called by its id', () => {
  const used = usageOf('0.000002', { price: price(), counts: { inputTokens: 10 }, keyId: 'key_9' })
  expect(usageLines([used, used], names)).toMatchObject([
    { key: { id: 'key_9', name: 'key_9' }, quantity: 20, amount_usd: '0.000004' },
  ])
  expect(usageLines([{ ...used, keyId: undefined, model: undefined }], names)).toMatchObject([
    { key: null, model: null },
  ])
})

const anyUsage = fc.record({
  keyId: fc.constantFrom('key_1', 'key_2', undefined),
  team: fc.constantFrom('team_1', undefined),
  model: fc.constantFrom('a', 'b', undefined),
  asOf: fc.constantFrom('2026-09', '2026-10'),
  input: fc.nat(2_000_000),
  counts: fc.array(fc.nat(1_000_000), { minLength: 4, maxLength: 4 }),
  surplus: fc.constantFrom(0n, 0n, 7n),
})

test('every line is quantity × unit price, together they are the charge, and their order is always the same', () => {
  fc.assert(
    fc.property(fc.array(anyUsage, { maxLength: 12 }), (given) => {
      const used = given.map(({ asOf, input, counts, surplus, ...of }) => {
        const row = price({ asOf, input: picoUsd(BigInt(input)), image: picoUsd(9n), search: picoUsd(11n) })
        const [inputTokens = 0, outputTokens = 0, searches = 0] = counts
        const charge = picoUsd((costOf({ inputTokens, outputTokens, searches }, row) ?? 0n) + surplus)
        return { ...of, price: row, requests: 1, counts: { inputTokens, outputTokens, searches }, charge }
      })
      const lines = usageLines(used, names)
      for (const { unit, quantity, unit_price_usd: each, per, amount_usd: amount } of lines)
        if (unit !== null)
          expect(parseSignedUsd(amount) * BigInt(per)).toBe(parseSignedUsd(each ?? '') * BigInt(quantity))
      const sum = lines.reduce((total, line) => total + parseSignedUsd(line.amount_usd), 0n)
      expect(sum).toBe(used.reduce((total, { charge }) => total + charge, 0n))
      expect(usageLines(used.toReversed(), names)).toEqual(lines)
    }),
  )
})
