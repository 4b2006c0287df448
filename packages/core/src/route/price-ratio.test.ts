import { HealthBook } from '../health/health-book.ts'
import { writeChatCall } from '../operations/chat/chat-call.ts'
import { mintRequestId } from '../uuid.ts'
import type { GatewayConfig, RoutingConfig } from '../config.ts'
import { planRoute } from './plan-route.ts'
import { buildRoutingTable } from './routing-table.ts'

const at = (input: string, output: string) => ({
  targets: [{ provider: 'one' }],
  price: { input, output },
})

const config: GatewayConfig = {
  providers: { one: { type: 'openai-compatible', base_url: 'http://one', api_key: 'k' } },
  models: {
    first: at('1', '4'),
    same: at('1', '4'),
    twice: at('2', '8'),
    long: at('1', '9'),
    unpriced: { targets: [{ provider: 'one' }] },
  },
}

function plan(models: readonly string[], provider: object | undefined, routing: RoutingConfig = {}, model = 'first') {
  const call = writeChatCall(
    { model, models: [...models], messages: [{ role: 'user', content: 'hi' }], ...(provider && { provider }) },
    { id: mintRequestId(0), receivedAt: 0 },
  )
  const question = { endpoint: 'chat', model, models, call } as const
  return planRoute(question, buildRoutingTable(config, new HealthBook()), routing, { random: () => 0, monotonic: 0 })
}

const all = ['same', 'twice', 'long', 'unpriced']
const modelsOf = ({ targets }: ReturnType<typeof plan>) => targets.map(({ model }) => model)

test.each([
  { ratio: undefined, left: ['first', ...all] },
  { ratio: 1, left: ['first', 'same'] },
  { ratio: 2, left: ['first', 'same', 'twice'] },
  { ratio: 2.25, left: ['first', 'same', 'twice', 'long'] },
])('fallbacks that cost at most $ratio times as much are $left', ({ ratio, left }) => {
  expect(modelsOf(plan(all, undefined, { max_price_ratio: ratio }))).toEqual(left)
  expect(modelsOf(plan(all, ratio === undefined ? undefined : { max_price_ratio: ratio }))).toEqual(left)
})

test("a request's own ratio goes before the configuration's", () => {
  expect(modelsOf(plan(all, { max_price_ratio: 2 }, { max_price_ratio: 1 }))).toContain('twice')
})

test('what is left out is named, with the reason', () => {
  const { excluded } = plan(['long', 'unpriced'], { max_price_ratio: 2 })
  expect(excluded).toEqual([
    {
      model: 'long',
      provider: 'one',
      rule: 'max_price_ratio',
      reason: 'its tokens of answers cost more than 2 times what those of "first" do',
    },
    { model: 'unpriced', provider: 'one', rule: 'max_price_ratio', reason: 'it has no price' },
  ])
})

test('fallbacks for long prompts and for content are held to it too', () => {
  const lists = { context_window_fallbacks: { first: ['long'] }, content_policy_fallbacks: { '*': ['twice', 'long'] } }
  const { contextWindow, contentPolicy } = plan([], { max_price_ratio: 2 }, lists)
  expect([contextWindow, contentPolicy.map(({ model }) => model)]).toEqual([[], ['twice']])
})

test('beside a model without a price nothing is too dear', () => {
  expect(modelsOf(plan(['long'], { max_price_ratio: 1 }, {}, 'unpriced'))).toEqual(['unpriced', 'long'])
})
