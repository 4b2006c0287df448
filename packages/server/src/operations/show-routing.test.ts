import { accountRecord, keyRecord, put } from '../store/__fixtures__/records.ts'
import type { KeyRecord } from '../store/records.ts'
import { holder, operationParts, operator } from './__fixtures__/two-accounts.ts'
import type { GatewayView, RouteView, RoutingView } from './gateway-view.ts'
import { showRouting } from './show-routing.ts'

const route = (model: string, providers: readonly string[], more: Partial<RouteView> = {}): RouteView => ({
  model,
  aliases: [],
  endpoints: ['chat'],
  targets: providers.map((provider) => ({
    provider,
    type: provider === 'sandbox' ? 'sandbox' : 'openai',
    upstream_model: model,
    weight: 2,
  })),
  without_key: ['off'],
  fallbacks: [],
  context_window_fallbacks: [],
  content_policy_fallbacks: [],
  hedge_after_ms: null,
  ...more,
})

const routing: RoutingView = {
  object: 'routing',
  strategy: 'weighted',
  max_attempts: 4,
  max_price_ratio: null,
  sticky_ttl_s: 600,
  rules: [{ when: { key: 'a key of another account' }, use: { only: ['near'] } }],
  routes: [
    route('own/chat', ['near', 'far'], { fallbacks: ['speka/sandbox', 'own/secret'] }),
    route('own/secret', ['near']),
    route('own/vectors', ['near'], { endpoints: ['embeddings'] }),
    route('speka/sandbox', ['sandbox']),
    route('nobody/serves', []),
  ],
}

const gateway: GatewayView = {
  routing: async () => routing,
  models: async () => [],
  targets: async () => [],
  providers: async () => [],
  system: async () => {
    throw new Error('nobody asks')
  },
}

async function seenWith(...keys: Partial<KeyRecord>[]): Promise<RoutingView> {
  const { parts } = operationParts()
  await put(parts.store, 'account', accountRecord('acme'))
  await put(parts.store, 'key', keyRecord({ account: 'other' }))
  for (const key of keys) await put(parts.store, 'key', keyRecord({ account: 'acme', ...key }))
  return showRouting({ ...parts, gateway }, holder('acme', 'viewer'), {})
}

const modelsIn = ({ routes }: RoutingView): string[] => routes.map(({ model }) => model)

test('an operator sees all of it', async () => {
  const { parts } = operationParts()
  expect(await showRouting({ ...parts, gateway }, operator, {})).toEqual(routing)
})

test.each<{ what: string; key: Partial<KeyRecord>; models: string[] }>([
  { what: 'any', key: {}, models: ['own/chat', 'own/secret', 'own/vectors', 'speka/sandbox'] },
  { what: 'some models', key: { limits: { models: ['own/c*'] } }, models: ['own/chat'] },
  { what: 'some endpoints', key: { limits: { endpoints: ['embeddings'] } }, models: ['own/vectors'] },
  { what: 'some providers', key: { limits: { providers: ['far'] } }, models: ['own/chat'] },
  { what: 'the sandbox', key: { mode: 'test' }, models: ['speka/sandbox'] },
  { what: 'nothing any more', key: { revokedAt: 1 }, models: [] },
])('an account whose key may use $what sees that', async ({ key, models }) => {
  expect(modelsIn(await seenWith(key))).toEqual(models)
})

test('an account without a key sees no route, and one with several what any of them may use', async () => {
  expect(modelsIn(await seenWith())).toEqual([])
  expect(modelsIn(await seenWith({ mode: 'test' }, { limits: { models: ['own/chat'] } }))).toEqual([
    'own/chat',
    'speka/sandbox',
  ])
})

test('targets and fallbacks are those within reach; rules, weights and providers without a key are the operator’s', async () => {
  const seen = await seenWith({ limits: { providers: ['far', 'sandbox'] } })
  expect(seen.rules).toBeNull()
  expect(seen.routes[0]).toMatchObject({
    targets: [{ provider: 'far', weight: null }],
    fallbacks: ['speka/sandbox'],
    without_key: [],
  })
})
