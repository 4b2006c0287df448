import { SpekaError } from '../errors.ts'
import type { Target } from '../route/target.ts'
import { commitmentHeaders, errorHeaders, ratesHeaders } from './answer-headers.ts'

test.each([
  {
    error: new SpekaError('rate_limit_exceeded', '', { retryAfterMs: 1500 }),
    retry: 'true',
    after: '2',
    afterMs: '1500',
  },
  {
    error: new SpekaError('rate_limit_exceeded', '', { retryAfterMs: 61_000 }),
    retry: 'false',
    after: '61',
    afterMs: '61000',
  },
  { error: new SpekaError('upstream_error', ''), retry: 'false', after: undefined, afterMs: undefined },
  { error: new SpekaError('upstream_error', '', { retry: true }), retry: 'true', after: undefined, afterMs: undefined },
])('$error.code tells the SDKs to retry: $retry', ({ error, retry, after, afterMs }) => {
  const headers = errorHeaders(error)
  expect([headers['x-should-retry'], headers['retry-after'], headers['retry-after-ms']]).toEqual([
    retry,
    after,
    afterMs,
  ])
})

test('the parameters that were left out are named', () => {
  const target = { provider: 'one' } as Target
  const headers = commitmentHeaders({ target, model: 'a', attempts: 1, droppedParams: ['seed', 'logit_bias', 'a\nb'] })
  expect(headers['x-speka-dropped-params']).toBe('seed, logit_bias, a%0Ab')
})

test('what failed before is told to whoever wants to know it', () => {
  const target = { provider: 'one' } as Target
  const by = { target, model: 'a', attempts: 2, droppedParams: [] }
  const failed = [
    { provider: 'two', upstreamModel: 'b', model: 'a', startedMs: 0, durationMs: 1, outcome: 'transient' as const },
  ]
  expect(JSON.parse(commitmentHeaders({ ...by, failed })['x-speka-failed-attempts'] ?? '')).toEqual(failed)
  expect(commitmentHeaders({ ...by, failed: [] })).not.toHaveProperty('x-speka-failed-attempts')
})

test.each([
  ['acme/fast', 'acme/fast'],
  ['qwen2.5:7b@main', 'qwen2.5:7b@main'],
  ['a\r\nset-cookie: b', 'a%0D%0Aset-cookie:%20b'],
  ['通义 100%', '%E9%80%9A%E4%B9%89%20100%25'],
  ['half \ud83d', 'half%20%EF%BF%BD'],
])('the model id %j can stand in a header', (model, header) => {
  const target = { provider: 'größe' } as Target
  const headers = commitmentHeaders({ target, model, attempts: 2, droppedParams: [] })
  expect(headers).toEqual({ 'x-speka-model': header, 'x-speka-provider': 'gr%C3%B6%C3%9Fe', 'x-speka-attempts': '2' })
  expect(() => new Headers(headers)).not.toThrow()
})

test.each([
  { resetMs: 0, told: '0s' },
  { resetMs: 1, told: '1s' },
  { resetMs: 1000, told: '1s' },
  { resetMs: 60_000, told: '1m0s' },
  { resetMs: 360_000, told: '6m0s' },
  { resetMs: 86_400_000, told: '24h0m0s' },
])('that a rate is whole again in $resetMs ms is told as $told', ({ resetMs, told }) => {
  expect(ratesHeaders({ requests: { limit: 60, remaining: 12, resetMs } })).toEqual({
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': '12',
    'x-ratelimit-reset-requests': told,
  })
})

test('an error tells where the rates stand, of requests and of tokens', () => {
  const error = new SpekaError('rate_limit_exceeded', '')
  error.rates = { tokens: { limit: 1000, remaining: 0, resetMs: 10 } }
  expect(errorHeaders(error)).toMatchObject({
    'x-ratelimit-limit-tokens': '1000',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': '1s',
  })
  expect(errorHeaders(new SpekaError('rate_limit_exceeded', ''))).not.toHaveProperty('x-ratelimit-limit-tokens')
})
