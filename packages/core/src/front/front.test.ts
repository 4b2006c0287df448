import {
  createFakeTransport,
  completion,
  done,
  finish,
  json,
  role,
  saying,
  stream,
  streamHead,
  word,
  type ReplyScript,
} from '../attempt/transport.fake.ts'
import { SpekaError } from '../errors.ts'
import { assembleGateway } from '../gateway.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { ChatChunk } from '../operations/chat/chat.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { config } from './ask.fake.ts'
import type { Settle } from './iterate.ts'

/** A gateway over a script, whose clock moves by itself whenever something is awaited. */
function open(script: readonly ReplyScript[], onUsage?: Settle) {
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, script)
  const records: UsageRecord[] = []
  const settle: Settle = (record) => {
    records.push(record)
    return onUsage?.(record)
  }
  const gateway = assembleGateway({ config, transport, clock, random: () => 0.5, onUsage: settle })
  const within = async <Value>(promise: Promise<Value>, ms = 700_000): Promise<Value> => {
    // An error may come before anybody waits for it.
    promise.catch(() => {})
    await clock.advance(ms)
    return promise
  }
  return { clock, gateway, records, sent: transport.sent, within }
}

const messages = [{ role: 'user', content: 'hi' }]
const request = { model: 'a', messages }
const post = (body: object, init: RequestInit = {}): [string, RequestInit] => [
  'https://anything.example/v1/chat/completions',
  { method: 'POST', body: JSON.stringify(body), ...init },
]
const long = Array.from({ length: 40 }, (_, index) => word(`${index} ${'x'.repeat(8000)}`))

describe('asking for one answer', () => {
  test('gives it, with its cost and its attempts', async () => {
    const { gateway, records, within } = open([json(503, {}), json(200, completion('Hi'))])
    const answer = await within(gateway.chat({ ...request, model: 'b' }))
    expect(answer.choices[0]?.message.content).toBe('Hi')
    expect(answer).toMatchObject({ model: 'b', cost: '0.00002', provider: 'two', requestId: records[0]?.id })
    expect(answer.attempts.map(({ outcome }) => outcome)).toEqual(['transient', 'answered'])
  })

  test.each([
    ['a request that makes no sense', { ...request, n: 0 }, 'invalid_value'],
    ['a model nobody knows', { ...request, model: 'zzz' }, 'model_not_found'],
    ['an upstream that refuses', request, 'upstream_auth_failed'],
  ])('rejects %s with a code', async (_, asked, code) => {
    const { gateway, within } = open([json(401, {})])
    await expect(within(gateway.chat(asked))).rejects.toMatchObject({ code })
  })

  test('is over when its signal says so, with the reason given there', async () => {
    const { gateway, sent, records, clock } = open([[]])
    const abort = new AbortController()
    const answer = gateway.chat(request, { signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(answer).rejects.toThrow('enough')
    await clock.advance(0)
    expect([sent[0]?.aborted, records[0]?.outcome]).toEqual([true, 'cancelled'])
    expect(clock.pending()).toBe(0)
  })

  test('does not begin when the signal has said so before', async () => {
    const { gateway, sent } = open([[]])
    await expect(gateway.chat(request, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
    expect(sent).toEqual([])
  })

  test('takes no longer than the caller allows', async () => {
    const { gateway, within } = open([[]])
    await expect(within(gateway.chat(request, { timeoutMs: 50 }), 50)).rejects.toMatchObject({
      code: 'upstream_timeout',
    })
  })
})

async function loop(opened: ReturnType<typeof open>, asked: object = {}): Promise<string> {
  let text = ''
  for await (const { choices } of opened.gateway.streamChat({ ...request, ...asked }))
    text += choices[0]?.delta.content ?? ''
  return text
}

describe('looping over a stream', () => {
  test('gives all of it, then what it cost', async () => {
    const opened = open([stream(saying('Hello', ' you'))])
    expect(await opened.within(loop(opened))).toBe('Hello you')
    expect(opened.records[0]?.charge).toBe(20_000_000n)
  })

  test('gives all of it to a reader so slow that the upstream was paused', async () => {
    const opened = open([[streamHead, ...long.map((data) => ({ data })), { data: finish() + done }, { end: true }]])
    const chunks = opened.gateway.streamChat(request)
    const first = await opened.within(chunks.next(), 1000)
    expect(opened.sent[0]?.paused).toBe(true)
    const texts = [first.value as ChatChunk]
    const rest = async (): Promise<void> => {
      for await (const chunk of chunks) texts.push(chunk)
    }
    const read = rest()
    for (let turn = 0; turn < 100; turn += 1) await opened.clock.advance(1)
    // Checked before it is awaited: a reader whom nobody wakes waits for ever.
    expect(texts.map(({ choices }) => choices[0]?.delta.content?.length ?? 0)).toHaveLength(long.length + 1)
    await read
  })

  test('pauses the upstream while nobody asks for more, and closes it when the loop is left', async () => {
    const { gateway, sent, records, clock } = open([[streamHead, ...long.map((data) => ({ data }))]])
    const chunks = gateway.streamChat(request)
    const first = chunks.next()
    await clock.advance(1000)
    expect((await first).value).toMatchObject({ model: 'a' })
    expect(sent[0]?.paused).toBe(true)
    await chunks.return(undefined)
    await clock.advance(0)
    expect([sent[0]?.aborted, records[0]?.outcome, clock.pending()]).toEqual([true, 'cancelled', 0])
  })

  test('throws when the stream breaks, after what had come', async () => {
    const opened = open([stream([word('Hello')])])
    const chunks = opened.gateway.streamChat(request)
    const first = await opened.within(chunks.next())
    expect(first.value).toMatchObject({ choices: [{ delta: { content: 'Hello' } }] })
    await expect(opened.within(chunks.next())).rejects.toMatchObject({ code: 'upstream_incomplete' })
  })

  test('throws when its signal says so', async () => {
    const { gateway, sent, clock } = open([[streamHead, { data: word('Hello') }]])
    const abort = new AbortController()
    const chunks = gateway.streamChat(request, { signal: abort.signal })
    const [, second] = [chunks.next(), chunks.next()]
    await clock.advance(10)
    abort.abort()
    await expect(second).rejects.toMatchObject({ name: 'AbortError' })
    await clock.advance(0)
    expect(sent[0]?.aborted).toBe(true)
  })
})

describe('as a fetch function', () => {
  test('answers, and says in headers who did', async () => {
    const { gateway, records, within } = open([json(200, completion())])
    const response = await within(gateway.fetch(...post(request)))
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': records[0]?.id,
      'x-speka-model': 'a',
      'x-speka-provider': 'one',
      'x-speka-attempts': '1',
      'x-speka-cost-usd': '0.00002',
    })
    expect(await response.json()).toMatchObject({ model: 'a', usage: { cost: 0.00002 } })
  })

  test.each([
    ['a body that is not JSON', ['http://x/v1/chat/completions', { method: 'POST', body: '{' }], 400, 'invalid_json'],
    ['a path that is not there', ['http://x/v1/audio/songs', { method: 'POST', body: '{}' }], 404, 'unknown_url'],
    ['a model that is not there', ['http://x/v1/models/zzz', {}], 404, 'model_not_found'],
    ['a path that cannot be read', ['http://x/v1/models/%', {}], 404, 'model_not_found'],
  ] as const)('refuses %s, under an id', async (_, [url, init], status, code) => {
    const response = await open([]).gateway.fetch(url, init)
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([
      status,
      code,
    ])
  })

  test('lists models, and finds one by its id, slash or not', async () => {
    const { gateway } = open([])
    const response = await gateway.fetch('http://x/v1/models')
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    const list = (await response.json()) as { data: { id: string }[] }
    expect(list.data.map(({ id }) => id)).toEqual(expect.arrayContaining(['a', 'b', 'speka/sandbox']))
    for (const id of ['speka%2Fsandbox', 'speka/sandbox']) {
      expect(await (await gateway.fetch(`http://x/v1/models/${id}`)).json()).toMatchObject({ id: 'speka/sandbox' })
    }
  })

  test('tells of a stream that breaks in an event, and sends no end mark', async () => {
    const { gateway, within } = open([stream([word('Hello')], { fail: 'reset' })])
    const response = await within(gateway.fetch(...post({ ...request, stream: true })))
    const text = await within(response.text())
    expect(text).toContain('"code":"upstream_incomplete"')
    expect(text).not.toContain('[DONE]')
  })

  test('pauses the upstream while nobody reads', async () => {
    const { gateway, sent, clock, within } = open([
      [streamHead, ...long.map((data) => ({ data })), { data: finish() + done }, { end: true }],
    ])
    const response = await within(gateway.fetch(...post({ ...request, stream: true })), 1000)
    expect(sent[0]?.paused).toBe(true)
    const text = response.text()
    for (let turn = 0; turn < 100; turn += 1) await clock.advance(1)
    expect(await text).toContain('[DONE]')
  })

  test('survives a reader who leaves while the record is being written', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { gateway, clock, within } = open([stream([role(), word('Hi'), finish(), done])], () => promise)
    const response = await within(gateway.fetch(...post({ ...request, stream: true })), 100)
    await response.body?.cancel()
    resolve()
    await clock.advance(100)
    expect(clock.pending()).toBe(0)
  })

  test.each([true, false])('rejects when its signal aborts, stream %p', async (streams) => {
    const { gateway, sent, clock } = open([[{ head: 200 }]])
    const abort = new AbortController()
    const response = gateway.fetch(...post({ ...request, stream: streams }, { signal: abort.signal }))
    response.catch(() => {})
    await clock.advance(10)
    abort.abort()
    await expect(response).rejects.toMatchObject({ name: 'AbortError' })
    await clock.advance(0)
    expect(sent[0]?.aborted).toBe(true)
  })

  test('hides what is not meant for callers', async () => {
    const { gateway, within } = open([json(200, completion())], () =>
      Promise.reject(new TypeError('pool is undefined')),
    )
    const response = await within(gateway.fetch(...post(request)))
    expect(response.status).toBe(503)
    expect(await response.text()).not.toContain('pool')
  })

  test('can name any model in its headers', async () => {
    const clock = createFakeClock()
    const transport = createFakeTransport(clock, [json(200, completion())])
    const anything = { ...config, models: { '*': { targets: [{ provider: 'one' }] } }, routing: { fallbacks: {} } }
    const gateway = assembleGateway({ config: anything, transport, clock, random: () => 0.5 })
    const answer = gateway.fetch(...post({ ...request, model: 'constructor' }))
    await clock.advance(10)
    expect((await answer).headers.get('x-speka-model')).toBe('constructor')
  })
})

test('a gateway lists what can be called, and on request what cannot', () => {
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, [])
  const gateway = assembleGateway({ config: {}, transport, clock, random: () => 0.5 })
  const [callable, all] = [gateway.models(), gateway.models({ all: true })]
  expect(all.length).toBeGreaterThan(callable.length)
  expect(callable.every(({ providers }) => providers.length > 0)).toBe(true)
})

test('errors are of one kind', async () => {
  const error: unknown = await open([])
    .gateway.chat({ ...request, model: '' })
    .catch((thrown: unknown) => thrown)
  expect(SpekaError.is(error)).toBe(true)
})
