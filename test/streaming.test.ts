import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from './support/eventually.ts'
import { openRaw, post, type RawClient } from './support/raw-http.ts'
import {
  completion,
  delta,
  event,
  json,
  startScriptedUpstream,
  stream,
  streamEnd,
  streamHead,
  type ScriptedUpstream,
  type Step,
} from './support/scripted-upstream.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

const KiB = 1024
const SILENCE_MS = 150

let upstream: ScriptedUpstream
let app: StartedApp
/** The same with little patience for a silent upstream, and for a client that does not read. */
let impatient: StartedApp

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const config = {
    providers: { local: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' } },
    models: { 'm/*': { targets: [{ provider: 'local' }], price: { input: '1', output: '1' } } },
    routing: { max_attempts: 1 },
  }
  app = await startApp(config, { silenceMs: SILENCE_MS })
  impatient = await startApp({ ...config, timeouts: { first_token_ms: 1000 } }, { silenceMs: SILENCE_MS, stallMs: 400 })
})

afterAll(async () => {
  await app?.close()
  await impatient?.close()
  await upstream?.close()
})

let count = 0

/** Asks for a model of its own that the upstream plays `script` for, and counts from what was settled before. */
async function ask(
  script: readonly Step[],
  streamed = true,
  from = app,
): Promise<{ client: RawClient; settledBefore: number }> {
  count += 1
  const model = `m/${count}`
  upstream.on(model, script)
  upstream.clear()
  const settledBefore = from.settled.length
  const client = await openRaw(from.origin)
  const messages = [{ role: 'user', content: 'Hello!' }]
  client.send(post('/v1/chat/completions', from.liveKey, { model, messages, stream: streamed }))
  return { client, settledBefore }
}

const idOf = (client: RawClient): string => /x-request-id: (\S+)/.exec(client.received())?.[1] ?? ''

const keepAlives = (client: RawClient): number => client.received().split(': speka\n\n').length - 1

describe('a stream without output', () => {
  test('is kept alive with comments until the answer comes', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const { client } = await ask([{ until: begun }, ...stream(['Good ', 'morning'])])
    await client.until(': speka\n\n')
    expect(client.received()).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: text\/event-stream/)
    await eventually(() => keepAlives(client) >= 3, 'three comments')
    begin()
    await client.until('[DONE]')
    expect(client.received()).toMatch(/"Good "[^]*"morning"[^]*"finish_reason":"stop"[^]*\[DONE\]/)
    client.destroy()
  })

  test('gets none while there is output', async () => {
    // For three times as long as it would take, and so often that a slow machine is not taken for silence.
    const { client } = await ask(stream(Array<string>(30).fill('a'), undefined, SILENCE_MS / 10))
    await client.until('[DONE]')
    expect(keepAlives(client)).toBe(0)
    client.destroy()
  })

  test('gets them in the middle of the answer too', async () => {
    const { promise: goneOn, resolve: goOn } = Promise.withResolvers<void>()
    const { client } = await ask([
      streamHead,
      event(delta('Good ', true)),
      { until: goneOn },
      event(delta('morning')),
      ...streamEnd(),
    ])
    await client.until(': speka\n\n')
    goOn()
    await client.until('[DONE]')
    expect(client.received()).toMatch(/"Good "[^]*: speka\n\n[^]*"morning"/)
    client.destroy()
  })

  test('that fails in the end ends with an error event, not as if it were finished', async () => {
    const { client, settledBefore } = await ask(['hang'], true, impatient)
    await client.until('"error":')
    await client.until('0\r\n\r\n')
    expect(keepAlives(client)).toBeGreaterThan(0)
    expect(client.received()).toMatch(/^HTTP\/1\.1 200 /)
    expect(client.received()).toContain('"code":"upstream_timeout"')
    expect(client.received()).not.toContain('[DONE]')
    expect(await impatient.record(settledBefore)).toMatchObject({ id: idOf(client), outcome: 'failed' })
    client.destroy()
  })

  test('of a JSON answer is left alone', async () => {
    const { client } = await ask([{ sleepMs: SILENCE_MS * 2.5 }, ...json(completion('Hello'))], false)
    await client.until('"Hello"')
    expect(client.received()).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: application\/json/)
    expect(client.received()).not.toContain(': speka')
    client.destroy()
  })
})

const long = (pauseMs: number): Step[] =>
  stream(
    Array.from({ length: 500 }, () => 'word '),
    undefined,
    pauseMs,
  )

describe('a client that leaves', () => {
  test.each([
    { when: 'before the upstream answers', script: ['hang'] as Step[], streamed: true, until: '' },
    { when: 'before the upstream answers, without streaming', script: ['hang'] as Step[], streamed: false, until: '' },
    {
      when: 'in the middle of a JSON answer',
      script: [{ write: 'HTTP/1.1 200 OK\r\n' }, 'hang'] as Step[],
      streamed: false,
      until: '',
    },
    { when: 'after the first piece', script: long(5), streamed: true, until: 'word' },
    { when: 'between pieces', script: [...long(0).slice(0, 20), 'hang'] as Step[], streamed: true, until: 'word' },
  ])('$when closes the upstream, and is on record once', async ({ script, streamed, until }) => {
    const { client, settledBefore } = await ask(script, streamed)
    const request = await upstream.request(0)
    if (until !== '') await client.until(until)
    client.destroy()
    await request.whenClosed()
    expect(request.closed?.by).toBe('gateway')
    expect(await app.record(settledBefore)).toMatchObject({ outcome: 'cancelled', model: request.model })
    await wait(50)
    expect(app.settled.length).toBe(settledBefore + 1)
    expect(upstream.seen).toHaveLength(1)
    expect(app.inFlight.count).toBe(0)
  })

  test('while its body is being read leaves no trace', async () => {
    const settledBefore = app.settled.length
    const client = await openRaw(app.origin)
    client.send(post('/v1/chat/completions', app.liveKey, { model: 'm/x', messages: [] }).slice(0, -5))
    await eventually(() => app.inFlight.count > 0, 'it arrived')
    client.destroy()
    await eventually(() => app.inFlight.count === 0, 'it is over')
    expect(app.settled.length).toBe(settledBefore)
  })

  test('harms nobody else', async () => {
    const { client: leaving } = await ask(long(1))
    const { client: staying } = await ask(
      stream(
        Array.from({ length: 50 }, () => 'word '),
        undefined,
        2,
      ),
    )
    await leaving.until('word')
    leaving.destroy()
    await staying.until('[DONE]')
    staying.destroy()
  })
})

describe('a client that reads slowly', () => {
  const piece = 'x'.repeat(16 * KiB)
  const flood: Step[] = [streamHead, ...Array.from({ length: 2000 }, (_, index) => event(delta(piece, index === 0)))]

  test('slows the upstream down, and gets everything', async () => {
    const { client } = await ask([...flood.slice(0, 1000), ...streamEnd()])
    client.socket.pause()
    const request = await upstream.request(0)
    // Sockets on both ways have buffers of some MiB; beyond them nothing moves.
    let pushed = -1
    await eventually(async () => {
      const before = request.bytesWritten
      await wait(200)
      pushed = request.bytesWritten
      return pushed > 0 && pushed === before
    }, 'the upstream is held back')
    expect(pushed).toBeLessThan(14 * KiB * KiB)
    client.socket.resume()
    await client.until('[DONE]')
    expect(client.received().split(piece).length - 1).toBe(999)
    client.destroy()
  })

  test('and then not at all counts as gone: the upstream is closed, the record says so', async () => {
    const { client, settledBefore } = await ask(flood, true, impatient)
    client.socket.pause()
    const request = await upstream.request(0)
    await request.whenClosed()
    expect(await impatient.record(settledBefore)).toMatchObject({ outcome: 'cancelled' })
    client.destroy()
  })

  test('is not mistaken for one that waits', async () => {
    const { client } = await ask([{ sleepMs: 900 }, ...json(completion('Hello'))], false, impatient)
    await client.until('"Hello"')
    client.destroy()
  })
})

test('an unused connection is closed in the end', async () => {
  const short = await startApp({}, { idleMs: 100 })
  const idle = await openRaw(short.origin)
  idle.send('GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n')
  await idle.until('"ok"')
  expect((await idle.closed()).error).toBeUndefined()
  await short.close()
})

describe('a stop', () => {
  test('tells connections that go on to close', async () => {
    const stopping = await startApp()
    stopping.accepting = false
    const client = await openRaw(stopping.origin)
    client.send('GET /readyz HTTP/1.1\r\nHost: g\r\n\r\nGET /healthz HTTP/1.1\r\nHost: g\r\n\r\n')
    const { text } = await client.closed()
    expect(text).toMatch(/^HTTP\/1\.1 503 /)
    expect(text.toLowerCase()).toContain('connection: close')
    await stopping.close()
  })

  test('that cuts off ends a stream with an error event, a waiting answer with an error, and a stuck client anyway', async () => {
    const stopping = await startApp({
      providers: { local: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' } },
      models: { 'm/*': { targets: [{ provider: 'local' }] } },
    })
    upstream.on('m/stream', [streamHead, event(delta('word', true)), 'hang'])
    upstream.on('m/json', ['hang'])
    upstream.on('m/flood', [
      streamHead,
      ...Array.from({ length: 2000 }, (_, index) => event(delta('x'.repeat(16 * KiB), index === 0))),
    ])
    upstream.clear()
    const messages = [{ role: 'user', content: 'Hello!' }]
    const open = async (model: string, streamed: boolean): Promise<RawClient> => {
      const client = await openRaw(stopping.origin)
      client.send(post('/v1/chat/completions', stopping.liveKey, { model, messages, stream: streamed }))
      return client
    }
    const streaming = await open('m/stream', true)
    const waiting = await open('m/json', false)
    const stuck = await open('m/flood', true)
    stuck.socket.pause()
    await streaming.until('word')
    await upstream.request(2)
    await wait(100)

    const drained = stopping.inFlight.drained(50)
    await streaming.until('0\r\n\r\n')
    expect(streaming.received()).toContain('"code":"server_shutdown"')
    expect(streaming.received()).not.toContain('[DONE]')
    const { text } = await waiting.closed()
    expect(text).toMatch(/^HTTP\/1\.1 503 [^]*"code":"server_shutdown"/)
    expect(text).toContain('x-request-id: ')
    await drained
    await Promise.all(upstream.seen.map((request) => request.whenClosed()))
    // Nobody pays for what the gateway did not finish.
    const cutOff = { outcome: 'cancelled', errorCode: 'server_shutdown', charge: 0n }
    for (const index of [0, 1, 2]) expect(await stopping.record(index)).toMatchObject(cutOff)
    stuck.destroy()
    await stopping.close()
  })
})
