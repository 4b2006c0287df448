import { ask } from '../front/ask.fake.ts'
import { completion, json, type ReplyScript } from './transport.fake.ts'

const busy = (headers = {}): ReplyScript => json(429, { error: { message: 'busy' } }, headers)
const broken = (status = 500): ReplyScript => json(status, { error: { message: 'internal' } })
const refused: ReplyScript = [{ fail: 'refused', sent: false }]
const answer = json(200, completion('Hi'))
const charge = 20_000_000n

describe('a JSON answer', () => {
  test('is renamed, priced and settled before it is handed over', async () => {
    const asked = await ask([answer], { stream: false }).over()
    expect(asked.calls).toEqual(['commit', 'settle', 'finish'])
    expect(asked.completion).toEqual({
      ...completion('Hi'),
      model: 'a',
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        cost: 0.00002,
        cost_details: { total: '0.00002' },
      },
    })
    expect(asked.commitment).toMatchObject({ attempts: 1, target: { provider: 'one', model: 'a' } })
    expect(asked.record).toMatchObject({
      outcome: 'complete',
      requestedModel: 'a',
      model: 'a',
      provider: 'one',
      upstreamModel: 'up',
      upstreamId: 'up-1',
      finishReason: 'stop',
      usage: { inputTokens: 10, outputTokens: 5 },
      charge,
      attempts: [{ outcome: 'answered', status: 200 }],
    })
  })

  test("shows no price but ours: without one, the upstream's own is taken out", async () => {
    const asked = await ask([answer], { model: 'free', stream: false }).over()
    expect(asked.completion.usage).toEqual({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 })
    expect(asked.record.charge).toBeUndefined()
  })

  test('without usage is counted by us, and says so', async () => {
    const asked = await ask([json(200, { ...completion('x'.repeat(40)), usage: undefined })], { stream: false }).over()
    // "hi" and the frame of its message; forty letters. A token in costs 1 µ$ and one out 2.
    expect(asked.completion.usage).toEqual({
      prompt_tokens: 5,
      completion_tokens: 10,
      total_tokens: 15,
      estimated: true,
      cost: 0.000025,
      cost_details: { total: '0.000025' },
    })
    expect(asked.record).toMatchObject({ charge: 25_000_000n, usage: { estimated: true } })
  })

  test.each([
    ['nothing at all', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, 5, 10],
    ['nothing of the answer', { prompt_tokens: 7, completion_tokens: 0, total_tokens: 7 }, 7, 10],
    ['nothing of the prompt', { prompt_tokens: 0, completion_tokens: 9, total_tokens: 9 }, 5, 9],
  ])('whose usage says %s is counted by us where that cannot be', async (_, usage, inputTokens, outputTokens) => {
    const asked = await ask([json(200, { ...completion('x'.repeat(40)), usage })], { stream: false }).over()
    expect(asked.record).toMatchObject({ usage: { inputTokens, outputTokens, estimated: true } })
    expect(asked.record.charge).toBe(BigInt(inputTokens + 2 * outputTokens) * 1_000_000n)
    expect(asked.completion.usage).toMatchObject({ prompt_tokens: inputTokens, estimated: true })
  })

  test.each([
    ['nothing at all', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }],
    ['a prompt alone', { prompt_tokens: 7, completion_tokens: 0, total_tokens: 7 }],
  ])('without a word is believed when its usage says %s', async (_, usage) => {
    const asked = await ask([json(200, { ...completion(''), usage })], { stream: false }).over()
    expect(asked.record.charge).toBe(BigInt(usage.prompt_tokens) * 1_000_000n)
    expect(asked.record.usage.estimated).toBeUndefined()
  })

  test('tells upstreams who asks, and by which way', async () => {
    const asked = await ask([answer], { stream: false, facts: { via: 'there' } }).over()
    expect(asked.sent[0]?.headers).toMatchObject({ 'x-request-id': asked.record.id, 'x-speka-via': 'there,here' })
    expect(asked.sent[0]?.to).toMatchObject({ origin: 'http://one', credential: 'key-1' })
  })

  test('says what the upstream charged us', async () => {
    const asked = await ask([answer], { model: 'b', stream: false }).over()
    expect(asked.record.attempts[0]?.cost).toBe(charge / 2n)
  })
})

describe('after a failure', () => {
  test.each([
    { why: 'a rate limit, then an answer', model: 'a', script: [busy(), answer], asks: ['one', 'one'], waits: 500 },
    {
      why: 'two rate limits, each with its wait',
      model: 'a',
      script: [busy({ 'retry-after-ms': '20' }), busy({ 'retry-after': '3' }), answer],
      asks: ['one', 'one', 'one'],
      waits: 3020,
    },
    {
      why: 'waits that double',
      model: 'a',
      script: [busy(), busy(), busy(), answer],
      asks: ['one', 'one', 'one', 'one'],
      waits: 3500,
    },
    { why: 'a rate limit with another target', model: 'b', script: [busy(), answer], asks: ['one', 'two'], waits: 0 },
    { why: 'a refused connection', model: 'b', script: [refused, answer], asks: ['one', 'two'], waits: 0 },
    { why: 'a refused key', model: 'b', script: [json(401, {}), answer], asks: ['one', 'two'], waits: 0 },
    { why: 'an error that may be billed', model: 'b', script: [broken(), answer], asks: ['one', 'two'], waits: 0 },
    {
      why: 'an answer that is none',
      model: 'b',
      script: [json(200, '<html>'), answer],
      asks: ['one', 'two'],
      waits: 0,
    },
    {
      why: 'a redirect',
      model: 'b',
      script: [json(302, '', { location: 'http://10.0.0.1' }), answer],
      asks: ['one', 'two'],
      waits: 0,
    },
    {
      why: 'a compressed answer',
      model: 'b',
      script: [json(200, completion(), { 'content-encoding': 'gzip' }), answer],
      asks: ['one', 'two'],
      waits: 0,
    },
    { why: 'a model that is gone', model: 'b', script: [json(410, ''), answer], asks: ['one', 'two'], waits: 0 },
  ])('$why: asks $asks', async ({ model, script, asks, waits }) => {
    const asked = await ask(script, { model, stream: false }).over()
    expect(asked.sent.map(({ to }) => to.id)).toEqual(asks)
    expect(asked.sent.at(-1)?.at).toBe(waits)
    expect(asked.text).toBe('Hi')
    expect(asked.commitment?.attempts).toBe(asks.length)
    expect(asked.record.attempts).toHaveLength(asks.length)
    expect(asked.record.charge).toBe(charge)
  })

  test.each([
    {
      why: 'a bad request',
      model: 'b',
      script: [json(400, { error: { message: 'no', param: 'n' } })],
      code: 'invalid_request',
      retry: false,
      asks: 1,
    },
    { why: 'a spent account', model: 'a', script: [json(402, {})], code: 'no_healthy_target', retry: false, asks: 1 },
    {
      why: 'a model that is gone',
      model: 'a',
      script: [json(410, {})],
      code: 'no_healthy_target',
      retry: false,
      asks: 1,
    },
    { why: 'a refused key', model: 'a', script: [json(403, {})], code: 'upstream_auth_failed', retry: false, asks: 1 },
    {
      why: 'a rate limit to the last',
      model: 'a',
      script: [busy(), busy(), busy(), busy()],
      code: 'rate_limit_exceeded',
      retry: false,
      asks: 4,
    },
    {
      why: 'a rate limit that lasts',
      model: 'a',
      script: [busy({ 'retry-after': '30' })],
      code: 'rate_limit_exceeded',
      retry: true,
      asks: 1,
    },
    {
      why: 'a rate limit that lasts longer than clients wait',
      model: 'a',
      script: [busy({ 'retry-after': '90' })],
      code: 'rate_limit_exceeded',
      retry: false,
      asks: 1,
    },
    {
      why: 'two errors that may be billed',
      model: 'b',
      script: [broken(500), broken(502)],
      code: 'upstream_error',
      retry: false,
      asks: 2,
    },
    {
      why: 'two that may be billed and one that is safe',
      model: 'a',
      script: [broken(), busy(), broken(), answer],
      code: 'upstream_error',
      retry: false,
      asks: 3,
    },
    {
      why: 'refused connections',
      model: 'a',
      script: [refused, refused, refused, refused],
      code: 'upstream_unreachable',
      retry: false,
      asks: 4,
    },
    { why: 'a redirect', model: 'a', script: [json(307, '')], code: 'upstream_error', retry: false, asks: 1 },
    {
      why: 'a reset in the middle of a JSON answer',
      model: 'a',
      script: [[{ head: 200 }, { data: '{"id"' }, { fail: 'reset' }], broken()] satisfies ReplyScript[],
      code: 'upstream_error',
      retry: false,
      asks: 2,
    },
    {
      why: 'an answer that is not JSON, twice',
      model: 'a',
      script: [json(200, 'oops'), json(200, '')],
      code: 'upstream_bad_response',
      retry: false,
      asks: 2,
    },
  ])('$why is the end after $asks: $code', async ({ model, script, code, retry, asks }) => {
    const asked = await ask(script, { model, stream: false }).over()
    expect(asked.error).toMatchObject({ code, retry })
    expect(asked.sent).toHaveLength(asks)
    expect(asked.record).toMatchObject({ outcome: 'failed', errorCode: code, charge: 0n })
    expect(asked.calls).toEqual(['settle', 'fail'])
  })

  test('what callers can mend is told them, and by whom it was said', async () => {
    const asked = await ask([json(400, { error: { message: 'n must be 1', param: 'n' } })], { stream: false }).over()
    expect(asked.error).toMatchObject({
      message: 'Provider "one" refused the request (model "a"): n must be 1',
      param: 'n',
    })
    // Such words may quote the prompt: nothing that is kept has them.
    expect(asked.record.attempts[0]?.message).toBe('refused the request')
  })

  test('no more is asked than the budget of attempts allows', async () => {
    const asked = await ask(() => busy(), { config: { routing: { max_attempts: 2 } }, stream: false }).over()
    expect(asked.sent).toHaveLength(2)
    expect(asked.error?.message).toContain('after 2 attempts')
  })

  test('fallbacks count towards the budget', async () => {
    const request = { models: ['b', 'c'] }
    const asked = await ask(() => busy(), { config: { routing: { max_attempts: 3 } }, request, stream: false }).over()
    expect(asked.sent.map(({ to }) => to.id)).toEqual(['one', 'one', 'two'])
  })

  test('a gateway upstream, which retries by itself, is asked once and told the fallbacks', async () => {
    const asked = await ask([busy()], { model: 'g', request: { models: ['x'] }, stream: false }).over()
    expect(asked.sent.map(({ body }) => body['models'])).toEqual([['x']])
    expect(asked.error?.code).toBe('rate_limit_exceeded')
  })

  test('a target that cannot even be asked is passed over, and says so after start', async () => {
    const asked = await ask((_, index) => (index === 0 ? (undefined as unknown as ReplyScript) : answer), {
      stream: false,
    }).over()
    expect(asked.error).toMatchObject({ code: 'upstream_error' })
    expect(asked.record.attempts).toMatchObject([{ outcome: 'unknown', message: 'could not be asked' }])
  })
})

describe('a prompt that is too long', () => {
  const tooLong = json(400, { error: { code: 'context_length_exceeded', message: 'too long' } })

  test('goes to the next model with more room, not to the same elsewhere', async () => {
    const asked = await ask([tooLong, answer], { model: 'b', request: { models: ['a', 'c'] }, stream: false }).over()
    expect(asked.sent.map(({ to }) => to.id)).toEqual(['one', 'three'])
    expect(asked.record).toMatchObject({ requestedModel: 'b', model: 'c' })
  })

  test('goes to its own fallbacks first, and nowhere twice', async () => {
    const routing = { context_window_fallbacks: { b: ['c', 'free'] } }
    const asked = await ask([tooLong, tooLong, tooLong], {
      model: 'b',
      request: { models: ['c'] },
      config: { routing },
      stream: false,
    }).over()
    expect(asked.sent.map(({ to, body }) => `${to.id} ${String(body['model'])}`)).toEqual([
      'one up-b',
      'three c',
      'three up',
    ])
    expect(asked.error?.code).toBe('context_length_exceeded')
  })

  test("is the caller's to shorten when no model has more room", async () => {
    const asked = await ask([tooLong], { stream: false }).over()
    expect(asked.error).toMatchObject({ code: 'context_length_exceeded', status: 400 })
  })
})

test('content that one model declines goes to another model, not to the same elsewhere', async () => {
  const declined = json(400, { error: { code: 'content_filter', message: 'declined' } })
  const asked = await ask([declined, answer], { model: 'b', request: { models: ['c'] }, stream: false }).over()
  expect(asked.sent.map(({ to }) => to.id)).toEqual(['one', 'three'])
})

test('a request that has been here before is refused', () => {
  expect(() => ask([], { facts: { via: 'there, here' } })).toThrow('already passed through this gateway')
})
