import type { ModelConfig, PriceRowConfig } from '../config.ts'
import { costOf } from '../pricing/cost-of.ts'
import { priceAt } from '../pricing/price-at.ts'
import type { Usage } from '../usage.ts'
import { buildRoutingTable } from './routing-table.ts'

const usual = { input: '2', output: '10' }

const tableOf = (changes: ModelConfig) =>
  buildRoutingTable({
    providers: { one: { type: 'openai-compatible', base_url: 'http://127.0.0.1:1/v1' } },
    models: { m: { targets: [{ provider: 'one' }], endpoints: ['chat'], ...changes } },
  })

const pricesOf = (price: ModelConfig['price']) => tableOf({ price }).find('m')?.model.prices ?? []

const listed: readonly PriceRowConfig[] = [
  usual,
  { input: '1', output: '5', service_tier: 'flex' },
  { input: '4', output: '15', above_input_tokens: 200_000 },
  { input: '1', output: '4', batch: true },
  { input: '3', output: '12', from: '2027-01-01' },
]

test.each([
  ['usual', '2026-12-31T23:59:59.999Z', {}, 2n],
  ['in a tier', '2026-12-31', { serviceTier: 'flex' }, 1n],
  ['in a batch', '2026-12-31', { serviceTier: 'batch' }, 1n],
  ['of a tier nobody has a row for', '2026-12-31', { serviceTier: 'priority' }, 2n],
  ['beyond a step', '2026-12-31', { inputTokens: 300_000 }, 4n],
  ['in a tier beyond a step for the rest', '2026-12-31', { inputTokens: 300_000, serviceTier: 'flex' }, 1n],
  ['from a day on', '2027-01-01', {}, 3n],
  ['in a tier from that day on', '2027-01-01', { serviceTier: 'flex' }, 1n],
  ['beyond a step from that day on', '2027-01-01', { inputTokens: 300_000 }, 4n],
] as const)('a request has the price of its row: %s', (_, day, facts, input) => {
  const price = priceAt(pricesOf(listed), Date.parse(day))
  const usage: Usage = { inputTokens: 1000, outputTokens: 0, ...facts }
  expect(price && costOf(usage, price)).toBe(BigInt(usage.inputTokens ?? 0) * input * 1_000_000n)
})

test('the order of the rows makes no difference', () => {
  const [forwards, backwards] = [pricesOf(listed), pricesOf(listed.toReversed())]
  expect(backwards).toEqual(forwards)
  expect(forwards.map(({ asOf }) => asOf)).toEqual([undefined, '2027-01-01'])
})

test('a price with conditions shows what is usual, on each day', () => {
  expect(pricesOf(listed)).toEqual([
    expect.objectContaining({ source: 'config', input: 2_000_000n, output: 10_000_000n }),
    expect.objectContaining({ source: 'config', input: 3_000_000n, output: 12_000_000n }),
  ])
})

test('a plain price is a row of its own', () => {
  expect(pricesOf(usual)).toEqual(pricesOf([usual]))
  expect(pricesOf(usual)[0]).toEqual({ source: 'config', input: 2_000_000n, output: 10_000_000n })
})

test('what a target costs has conditions and days as well', () => {
  const table = tableOf({ targets: [{ provider: 'one', cost: listed }] })
  expect(table.find('m')?.targets[0]?.costs).toEqual(pricesOf(listed))
})

test.each<[what: string, price: NonNullable<ModelConfig['price']>, problem: string]>([
  [
    'a tier twice',
    [usual, { ...usual, service_tier: 'flex' }, { ...usual, service_tier: 'flex' }],
    '[2]: holds under the same conditions as row [1]',
  ],
  ['no condition twice', [usual, usual], '[1]: holds under the same conditions as row [0]'],
  [
    'a step twice',
    [{ ...usual, above_input_tokens: 9 }, usual, { ...usual, above_input_tokens: 9 }],
    '[2]: holds under',
  ],
  [
    'a batch by both its names',
    [usual, { ...usual, batch: true }, { ...usual, service_tier: 'batch' }],
    '[2]: holds under',
  ],
  [
    'a batch in another tier',
    [usual, { ...usual, batch: true, service_tier: 'flex' }],
    '[1].service_tier: cannot hold',
  ],
  [
    'a tier that is only asked for',
    [usual, { ...usual, service_tier: 'auto' }],
    '[1].service_tier: must be a tier that is served',
  ],
  [
    'no row without conditions',
    [
      { ...usual, service_tier: 'flex' },
      { ...usual, from: '2027-01-01' },
    ],
    ': needs a row without conditions',
  ],
  ['no row at all', [], ': needs a row without conditions'],
  ['a row that gives answers away', [usual, { input: '1', service_tier: 'flex' }], '[1].output: is missing here'],
  ['a day that is none', [usual, { ...usual, from: '2027-02-30' }], '[1].from: must be a day'],
  [
    'a step that is none',
    [usual, { ...usual, above_input_tokens: 0.5 }],
    '[1].above_input_tokens: must be a whole number',
  ],
  [
    'a unit that its answers are not counted in',
    { ...usual, second: '1' },
    '.second: is a unit that no answer of this model is counted in (chat)',
  ],
])('a price is refused that has %s', (_, price, problem) => {
  expect(() => tableOf({ price })).toThrow(`models."m".price${problem}`)
  expect(() => tableOf({ targets: [{ provider: 'one', cost: price }] })).toThrow(`models."m".targets[0].cost${problem}`)
})
