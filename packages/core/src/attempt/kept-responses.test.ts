import { typedFrame } from '../bytes/frames.ts'
import type { GatewayConfig } from '../config.ts'
import { createEngine } from '../create-engine.ts'
import type { SpekaError } from '../errors.ts'
import { HealthBook } from '../health/health-book.ts'
import { createFakeClock, type FakeClock } from '../sandbox/clock.fake.ts'
import { IdSeal } from '../sealed-id.ts'
import { keptFor } from '../wire/kept-for.ts'
import { mintRequestId } from '../uuid.ts'
import { createFakeTransport, json, type FakeTransport, type ReplyScript } from './transport.fake.ts'

const idSeal = new IdSeal(Buffer.from('a secret for tests'))
const facts = { id: mintRequestId(0), receivedAt: 0, account: 'acme', keyId: 'key_1', idSeal }
const config: GatewayConfig = {
  providers: { openai: { type: 'openai', base_url: 'http://one', api_key: ['sk-first-secret', 'sk-second-secret'] } },
  models: {
    fast: { targets: [{ provider: 'openai', model: 'gpt-5.6' }] },
    mini: { targets: [{ provider: 'openai', model: 'gpt-5.6-mini' }] },
  },
  timeouts: { total_ms: 1000 },
}
const id = idSeal.seal('resp', keptFor(facts), { provider: 'openai', credential: 'sk-second-secret', id: 'resp_1' })
const query = ''

let clock: FakeClock
let transport: FakeTransport
let health: HealthBook

function engineOf(...scripts: readonly ReplyScript[]) {
  clock = createFakeClock()
  transport = createFakeTransport(clock, scripts)
  health = new HealthBook()
  return createEngine({ config, instanceId: 'this', transport, clock, random: () => 0.5, health })
}

/** What a promise is rejected with. */
const failureOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => undefined,
    (error: unknown) => error,
  )

const response = { id: 'resp_1', object: 'response', model: 'gpt-5.6-2026-07-09', previous_response_id: 'resp_0' }
const eventHead = { head: 200, headers: { 'content-type': 'text/event-stream' } } as const
const event = (type: string, number: number, more: object = {}) => ({
  data: typedFrame({ type, sequence_number: number, ...more }),
})

describe('an answer about a kept response', () => {
  const asked = { question: 'retrieve', id, query } as const

  test('comes from its keeper by the key that it is kept under, in the words of its caller', async () => {
    const engine = engineOf(json(200, response))
    const answer = engine.askKept(asked, facts)
    await clock.advance(1)
    const told = JSON.parse(Buffer.from(await answer).toString()) as Record<string, string>
    expect(told).toMatchObject({ id, model: 'fast' })
    expect(idSeal.open('resp', keptFor(facts), told['previous_response_id'] ?? '')).toMatchObject({ id: 'resp_0' })
    expect(transport.sent).toMatchObject([{ path: '/responses/resp_1', to: { credential: 'sk-second-secret' } }])
    expect(clock.pending()).toBe(0)
  })

  test('calls a model by its own name where nobody else has one for it', async () => {
    const engine = engineOf(json(200, { ...response, model: 'gpt-5.6-mini-2026-07-09x' }))
    const answer = engine.askKept(asked, facts)
    await clock.advance(1)
    expect(Buffer.from(await answer).toString()).toContain('"model":"gpt-5.6-mini-2026-07-09x"')
  })

  test.each<{ reply: ReplyScript; code: string }>([
    { reply: json(404, { error: { message: 'resp_1 is not there' } }), code: 'response_not_found' },
    { reply: json(401, { error: { message: 'bad key sk-second-secret' } }), code: 'upstream_auth_failed' },
    { reply: json(429, { error: { message: 'slowly' } }), code: 'rate_limit_exceeded' },
    { reply: json(200, '[1]'), code: 'upstream_bad_response' },
    { reply: json(200, { error: { message: 'none' } }), code: 'upstream_bad_response' },
    { reply: [{ fail: 'refused', sent: false }], code: 'upstream_unreachable' },
    { reply: [{ head: 200, headers: { 'content-encoding': 'gzip' } }], code: 'upstream_bad_response' },
  ])('is $code when it cannot be had, without a key or an upstream’s id in it', async ({ reply, code }) => {
    const answer = engineOf(reply).askKept(asked, facts)
    const failed = failureOf(answer)
    await clock.advance(1)
    expect(await failed).toMatchObject({ code, message: expect.not.stringMatching(/resp_1|secret/) })
  })

  test('is given up when it takes too long', async () => {
    const answer = engineOf([]).askKept(asked, facts)
    const failed = failureOf(answer)
    await clock.advance(1000)
    expect(await failed).toMatchObject({ code: 'upstream_timeout' })
    expect(transport.sent[0]?.aborted).toBe(true)
  })

  test('is given up when nobody waits for it any more', async () => {
    const leaving = new AbortController()
    const answer = engineOf([]).askKept(asked, facts, leaving.signal)
    const failed = failureOf(answer)
    leaving.abort()
    await clock.advance(1)
    expect(await failed).toMatchObject({ code: 'client_closed_request' })
    expect(transport.sent[0]?.aborted).toBe(true)
    expect(clock.pending()).toBe(0)
  })

  test('is not asked for at a provider that the operator has taken out', async () => {
    const engine = engineOf()
    health.isolate(new Set(['openai']))
    await expect(engine.askKept(asked, facts)).rejects.toMatchObject({ code: 'no_healthy_target' })
  })

  test.each([
    { access: { allowedEndpoints: ['embeddings'] }, code: 'endpoint_not_allowed' },
    { access: { allowedProviders: ['another'] }, code: 'response_not_found' },
    { access: { sandboxOnly: true }, code: 'response_not_found' },
    { access: { via: 'other,this' }, code: 'gateway_loop' },
    { access: { account: 'other' }, code: 'response_not_found' },
    { access: { idSeal: undefined }, code: 'response_not_found' },
  ])('is $code for a caller with $access', async ({ access, code }) => {
    await expect(engineOf().askKept(asked, { ...facts, ...access })).rejects.toMatchObject({ code })
    expect(transport.sent).toEqual([])
  })

  test('is not to be had under a key that is not configured any more', async () => {
    const gone = idSeal.seal('resp', keptFor(facts), { provider: 'openai', credential: 'sk-gone', id: 'resp_1' })
    await expect(engineOf().askKept({ ...asked, id: gone }, facts)).rejects.toMatchObject({
      code: 'response_not_found',
    })
  })

  test('of what was deleted says so, also where the keeper has no words for it', async () => {
    const answer = engineOf([{ head: 204 }, { end: true }]).askKept({ ...asked, question: 'delete' }, facts)
    await clock.advance(1)
    expect(JSON.parse(Buffer.from(await answer).toString())).toEqual({ id, object: 'response', deleted: true })
  })
})

describe('a response that is told once more', () => {
  const asked = { question: 'retrieve', id, query: 'stream=true&starting_after=2' } as const

  /** Hears it, and pauses after each piece if it is told to. */
  function hear(script: ReplyScript, takesMore = true) {
    const engine = engineOf(script)
    const heard: { text: string; ends: string[]; error: SpekaError | undefined } = {
      text: '',
      ends: [],
      error: undefined,
    }
    const relay = engine.relayKept(asked, facts, {
      write(frames) {
        heard.text += Buffer.from(frames).toString()
        return takesMore
      },
      finish: () => void heard.ends.push('finish'),
      fail(error, events) {
        heard.ends.push('fail')
        heard.error = error
        heard.text += Buffer.from(events).toString()
      },
    })
    return { heard, relay }
  }

  const delta = event('response.output_text.delta', 3, { delta: 'Hi' })
  const end = event('response.completed', 4, { response })

  test('goes on as it comes, ends with its last event, and has the names that its caller knows', async () => {
    const { heard } = hear([eventHead, delta, end, { data: 'data: [DONE]\n\n' }, { end: true }])
    await clock.advance(1)
    expect(heard.text).toContain('event: response.output_text.delta\ndata: {"type":"response.output_text.delta"')
    expect(heard.text).toContain(`"id":"${id}"`)
    expect(heard.text).toContain('"model":"fast"')
    expect(heard.text).not.toMatch(/resp_[01]"|DONE/)
    expect(heard.ends).toEqual(['finish'])
    expect(transport.sent).toMatchObject([{ path: '/responses/resp_1?stream=true&starting_after=2' }])
    expect(clock.pending()).toBe(0)
  })

  test.each<{ how: string; script: ReplyScript; code: string }>([
    { how: 'closes early', script: [eventHead, delta, { end: true }], code: 'upstream_incomplete' },
    { how: 'is reset', script: [eventHead, delta, { fail: 'reset' }], code: 'upstream_incomplete' },
    { how: 'says something else', script: [eventHead, delta, { data: 'data: x\n\n' }], code: 'upstream_bad_response' },
    { how: 'goes silent', script: [eventHead, delta], code: 'upstream_timeout' },
  ])('that $how ends with one error event, numbered on', async ({ script, code }) => {
    const { heard } = hear(script)
    await clock.advance(2000)
    expect(heard.ends).toEqual(['fail'])
    expect(heard.error).toMatchObject({ code })
    const last = heard.text.split('\n\n').at(-2) ?? ''
    expect(last).toContain('event: error\n')
    expect(last).toContain('"sequence_number":4')
    expect(heard.text).not.toContain('response.failed')
  })

  test.each<{ reply: ReplyScript; code: string }>([
    { reply: json(404, {}), code: 'response_not_found' },
    { reply: json(400, { error: { message: 'Not a background response.' } }), code: 'invalid_request' },
    { reply: json(200, response), code: 'upstream_bad_response' },
  ])('that is refused is $code', async ({ reply, code }) => {
    const { heard } = hear(reply)
    await clock.advance(1)
    expect(heard).toMatchObject({ ends: ['fail'], error: { code } })
  })

  test('waits for who reads slowly', async () => {
    const { heard, relay } = hear([eventHead, delta, end], false)
    await clock.advance(1)
    expect(transport.sent[0]?.paused).toBe(true)
    expect(heard.ends).toEqual([])
    relay.resume()
    await clock.advance(1)
    expect(heard.ends).toEqual(['finish'])
  })

  test('is let go of when its caller leaves', async () => {
    const { heard, relay } = hear([eventHead, delta])
    await clock.advance(1)
    relay.abort()
    await clock.advance(1)
    expect(transport.sent[0]?.aborted).toBe(true)
    expect(heard.ends).toEqual([])
    expect(clock.pending()).toBe(0)
  })
})
