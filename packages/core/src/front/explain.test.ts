import { createEngine } from '../create-engine.ts'
import { createFakeTransport } from '../attempt/transport.fake.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { mintRequestId } from '../uuid.ts'
import { config } from './ask.fake.ts'
import { callToExplain } from './call-to-explain.ts'
import { explainRoute } from './explain.ts'

function explain(request: object, routing = {}) {
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, [])
  const engine = createEngine({ config: { ...config, routing }, transport, clock, random: () => 0.5, instanceId: 'x' })
  const facts = { id: mintRequestId(clock.now()), receivedAt: clock.now() }
  const call = callToExplain({ ...request }, facts, 'chat')
  return explainRoute(call, engine.plan(call), { maxAttempts: engine.maxAttempts, monotonic: 0 })
}

test('a route is explained with nothing but a model', () => {
  expect(explain({ model: 'b' })).toMatchObject({
    object: 'route.explanation',
    model: 'b',
    endpoint: 'chat',
    strategy: 'ordered',
    candidates: [
      {
        model: 'b',
        provider: 'one',
        upstream_model: 'up-b',
        state: 'closed',
        price: { input_per_1m: '1', output_per_1m: '2', per_image: null },
        cost: { most: null },
        latency_ms: null,
        dropped_params: [],
      },
      { model: 'b', provider: 'two' },
    ],
    excluded: [],
    max_attempts: 4,
    hedge_after_ms: null,
  })
})

test('with what it costs: exactly at the least, at the most if the answer is limited', () => {
  const { candidates, cost } = explain({ model: 'b', max_tokens: 100 })
  const [first] = candidates
  expect(Number(cost?.most) - Number(cost?.least)).toBeCloseTo(0.0002, 12)
  expect(cost).toEqual(first?.cost)
  expect(explain({ model: 'c' }).cost).toBeNull()
})

test.each([
  ['transient', 'next_target', ['b at two', 'c at three']],
  ['rate_limit', 'next_target', ['b at two', 'c at three']],
  ['context_window', 'next_model', ['c at three']],
  ['content_policy', 'next_model', ['free at three', 'c at three']],
  ['caller_fault', 'stop', []],
] as const)('what follows a failure of class %s is %s', (failureClass, step, next) => {
  const routing = { fallbacks: { b: ['c'] }, content_policy_fallbacks: { b: ['free'] } }
  expect(explain({ model: 'b' }, routing).on_failure[failureClass]).toEqual({ step, next })
})

test('what was left out is there, with the reason', () => {
  const { excluded, candidates } = explain({ model: 'b', provider: { ignore: ['one'] }, models: ['nowhere'] })
  expect(candidates.map(({ provider }) => provider)).toEqual(['two'])
  expect(excluded).toMatchObject([
    { provider: 'one', rule: 'ignore' },
    { model: 'nowhere', rule: 'not_callable' },
  ])
})

test.each([
  [{ input: 'a' }, 'embeddings'],
  [{ input: [1, 2] }, 'embeddings'],
  [{ prompt: 'a' }, 'images'],
  [{ messages: [{ role: 'user' }] }, 'chat'],
  [{}, 'chat'],
])('%j is about %s', (request, endpoint) => {
  expect(explain({ model: 'c', ...request }).endpoint).toBe(endpoint)
})
