import type { GatewayConfig } from '@speka/core'
import { createEngine } from '@speka/core/internal'
import { routingOf } from './routing.ts'

const config = {
  providers: {
    near: { type: 'openai-compatible', base_url: 'http://127.0.0.1:1', api_key: 'a' },
    far: { type: 'openai-compatible', base_url: 'http://127.0.0.1:2', api_key: 'b' },
    keyless: { type: 'openai' },
  },
  models: {
    'own/chat': {
      targets: [{ provider: 'near', model: 'chat-1' }, { provider: 'far' }, { provider: 'keyless' }],
      endpoints: ['chat'],
    },
    'any/*': { targets: [{ provider: 'far' }] },
  },
  aliases: { chat: 'own/chat', constructor: 'own/chat' },
  routing: {
    strategy: 'weighted',
    weights: { 'own/chat': { near: 3 } },
    fallbacks: { '*': ['speka/sandbox'], 'any/*': [] },
    context_window_fallbacks: { 'own/chat': ['any/large'] },
    hedge: { 'own/chat': { after_ms: 200 } },
    rules: [{ when: { tag: 'eu' }, use: { only: ['near'] } }],
  },
} as const satisfies GatewayConfig

const clock = { now: () => 0, monotonic: () => 0, after: () => () => {} }
const transport = { send: () => ({ pause() {}, abort() {}, resume() {} }) }

const routed = (given: GatewayConfig) =>
  routingOf(createEngine({ config: given, clock, random: Math.random, transport, instanceId: 'here' }).table, given)

const routing = routed(config)
const routeOf = (model: string) => routing.routes.find((route) => route.model === model)

test('a route has its targets in order, with weights, and what follows them', () => {
  expect(routeOf('own/chat')).toEqual({
    model: 'own/chat',
    aliases: ['chat', 'constructor'],
    endpoints: ['chat'],
    targets: [
      { provider: 'near', type: 'openai-compatible', upstream_model: 'chat-1', weight: 3 },
      { provider: 'far', type: 'openai-compatible', upstream_model: 'own/chat', weight: 1 },
    ],
    without_key: ['keyless'],
    fallbacks: ['speka/sandbox'],
    context_window_fallbacks: ['any/large'],
    content_policy_fallbacks: [],
    hedge_after_ms: 200,
  })
})

test('what is written with a star is a route, too, and what is said of it alone goes before what is said of any', () => {
  expect(routeOf('any/*')).toMatchObject({ targets: [{ provider: 'far', upstream_model: 'any/*' }], fallbacks: [] })
})

test('models that ship are there, and what nobody has said is what holds', () => {
  expect(routeOf('speka/sandbox')).toMatchObject({ targets: [{ provider: 'sandbox', type: 'sandbox' }] })
  expect(routing).toMatchObject({ strategy: 'weighted', max_attempts: 4, max_price_ratio: null, sticky_ttl_s: 600 })
  expect(routing.rules).toEqual([{ when: { tag: 'eu' }, use: { only: ['near'] } }])
  expect(routed({})).toMatchObject({ strategy: 'ordered', rules: [] })
})
