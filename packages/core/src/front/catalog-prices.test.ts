import { catalogRows, modelFrom, type CatalogRow } from '../catalog/shipped-models.ts'
import { explainRoute } from './explain.ts'
import { formatUsd } from '../money.ts'
import { readChatCall } from '../operations/chat/chat-call.ts'
import { costOf } from '../pricing/cost-of.ts'
import { priceAt } from '../pricing/price-at.ts'
import { mintRequestId } from '../uuid.ts'
import { modelEntry } from '../route/list-models.ts'
import { planRoute } from '../route/plan-route.ts'
import { problemsIn } from '../route/price-problems.ts'
import { buildRoutingTable } from '../route/routing-table.ts'

/** A model with every kind of condition, as no curated one has them: those are open models, whose hosts ask one price. */
const row: CatalogRow = {
  id: 'openai/gpt-oss-20b',
  name: 'A model',
  ownedBy: 'openai',
  endpoints: ['chat'],
  contextWindow: 400_000,
  capabilities: [],
  price: [
    { input: '1', output: '4', cached_input: '0.1', cache_write: '1.25', cache_write_1h: '2' },
    { input: '2', output: '6', above_input_tokens: 200_000 },
    { input: '0.5', output: '2', service_tier: 'flex' },
    { input: '3', output: '9', from: '2027-02-01' },
  ],
  source: 'published',
  asOf: '2026-06',
}

const model = modelFrom(row)
const routed = { model, targets: [] }
const at = (day: string): number => Date.parse(day)

test('the prices of the catalog are held to what a configured price is', () => {
  const problems = [...catalogRows, row].flatMap(({ id, price, endpoints }) => problemsIn(price, [id], endpoints))
  expect(problems).toEqual([])
  expect(problemsIn([{ input: '1', above_input_tokens: 5 }], ['m'], ['chat'])).toHaveLength(1)
})

test('a row of the catalog with conditions is shown with them, and says where it is from', () => {
  expect(modelEntry(routed, at('2026-12-01')).pricing).toEqual({
    currency: 'USD',
    input_per_1m: '1',
    output_per_1m: '4',
    cached_input_per_1m: '0.1',
    cache_write_per_1m: '1.25',
    cache_write_1h_per_1m: '2',
    conditions: [
      { service_tier: 'flex', input_per_1m: '0.5', output_per_1m: '2' },
      { above_input_tokens: 200_000, input_per_1m: '2', output_per_1m: '6' },
    ],
    source: 'published',
    as_of: '2026-06',
  })
  expect(modelEntry(routed, at('2027-02-02')).pricing).toMatchObject({ input_per_1m: '3', as_of: '2027-02-01' })
})

test('what is written into a cache, and what is served in another tier, costs what its row says', () => {
  const price = priceAt(model.prices, at('2026-12-01'))
  const cost = (usage: object) => {
    const charged = price && costOf({ inputTokens: 1000, outputTokens: 0, ...usage }, price)
    return charged && formatUsd(charged)
  }
  expect(cost({})).toBe('0.001')
  expect(cost({ cacheWriteTokens: 1000 })).toBe('0.00125')
  expect(cost({ cacheWrite1hTokens: 1000 })).toBe('0.002')
  expect(cost({ serviceTier: 'flex' })).toBe('0.0005')
  expect(cost({ inputTokens: 300_000 })).toBe('0.6')
})

test('explain has the conditions, and a range over all that the request may meet', () => {
  const config = { providers: { nvidia: { type: 'nvidia', api_key: 'k' } } } as const
  const table = buildRoutingTable(config)
  const shipped = table.find(row.id)
  const targets = (shipped?.targets ?? []).map((target) => ({ ...target, entry: model }))
  const own = { ...table, find: () => ({ model, targets }) }
  const body = { model: row.id, messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1000 }
  const call = readChatCall(Buffer.from(JSON.stringify(body)), { id: mintRequestId(0), receivedAt: at('2026-12-01') })
  const question = { endpoint: 'chat', model: row.id, models: [], call } as const
  const plan = planRoute(question, own, {}, { random: () => 0.5, monotonic: 0 })
  const { candidates } = explainRoute(call, plan, { maxAttempts: 3, monotonic: 0 })
  expect(candidates[0]).toMatchObject({
    price: { input_per_1m: '1', cache_write_per_1m: '1.25', conditions: [{ service_tier: 'flex' }, {}] },
  })
  const { least, most } = candidates[0]?.cost ?? {}
  expect(Number(least)).toBeLessThan(0.00001)
  expect(Number(most)).toBeGreaterThan(0.004)
})
