import { answerHere, realClock, SpekaError, startLater, type Layer, type Layers } from '@speka/core/node'
import { startApp, type StartedApp } from './support/start-app.ts'
import { eventually } from './support/eventually.ts'

let app: StartedApp
afterEach(() => app.close())

const lines: string[] = []
const open = async (layers: Layers, limits: object = {}): Promise<void> => {
  lines.length = 0
  app = await startApp({}, limits, { layers, log: (line) => void lines.push(line) })
}

const ask = (path: string, body: object, signal?: AbortSignal): Promise<Response> =>
  fetch(`${app.origin}/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.liveKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'speka/sandbox', ...body }),
    ...(signal !== undefined && { signal }),
  })

const messages = [{ role: 'user', content: 'Hello!' }]
const counted = (code: string): number => app.parts.metrics.snapshot(0).errors[code] ?? 0

/** Holds calls until the test lets them go on, or lets them fail. */
function holding() {
  const gate = Promise.withResolvers<void>()
  const held: AbortSignal[] = []
  const layer: Layer = (next) => ({
    start: (call, sink) =>
      startLater(sink, async (signal) => {
        held.push(signal)
        await gate.promise
        return () => next.start(call, sink)
      }),
  })
  return { ...gate, held, layers: { rates: [layer] } }
}

const tooMany = new SpekaError('rate_limit_exceeded', 'Too many.', { retryAfterMs: 2000 })

test('a refusal after a wait is an error in the envelope, counted and not recorded', async () => {
  const { layers, held, reject } = holding()
  await open(layers)
  const answer = ask('chat/completions', { messages, stream: true })
  await eventually(() => held.length === 1, 'the call waits')
  reject(tooMany)
  const { status, headers } = await answer
  expect([status, headers.get('retry-after'), headers.get('x-request-id')]).toEqual([429, '2', expect.any(String)])
  expect(await (await answer).json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } })
  expect([app.settled, counted('rate_limit_exceeded')]).toEqual([[], 1])
})

test.each([
  ['chat/completions', { messages }, '"code":"rate_limit_exceeded"'],
  ['responses', { input: 'Hello!' }, 'event: response.failed'],
])('a stream of %s that was kept open while it waited is told in its own events', async (path, body, says) => {
  const { layers, held, reject } = holding()
  await open(layers, { silenceMs: 5 })
  const answer = await ask(path, { ...body, stream: true })
  expect([answer.status, held.length]).toEqual([200, 1])
  reject(tooMany)
  const told = await answer.text()
  expect(told).toContain(says)
  expect(told).not.toContain('[DONE]')
})

test('a caller that leaves while it waits never reaches a provider, and its place is given back', async () => {
  const { layers, held, resolve } = holding()
  await open(layers)
  const leaving = new AbortController()
  const answer = ask('chat/completions', { messages }, leaving.signal)
  await eventually(() => held.length === 1, 'the call waits')
  leaving.abort()
  await expect(answer).rejects.toThrow('aborted')
  await eventually(() => held[0]?.aborted === true, 'the layer hears of it')
  resolve()
  await eventually(() => app.inFlight.count === 0 && counted('client_closed_request') === 1, 'it is over')
  expect(app.settled).toEqual([])
})

test('a stop ends what waits, and says so', async () => {
  const { layers, held } = holding()
  await open(layers)
  const answer = ask('chat/completions', { messages })
  await eventually(() => held.length === 1, 'the call waits')
  app.inFlight.cutOff()
  expect(await (await answer).json()).toMatchObject({ error: { code: 'server_shutdown' } })
  await eventually(() => held[0]?.aborted === true, 'the layer hears of it')
  expect(app.settled).toEqual([])
})

const breaks: Layer = () => ({
  start: (_, sink) =>
    startLater(sink, async () => {
      throw new TypeError('within the layer')
    }),
})

test("a layer that throws is the gateway's fault, is logged, and tells nothing of it", async () => {
  await open([breaks])
  const answer = await ask('chat/completions', { messages })
  expect(answer.status).toBe(500)
  expect(await answer.text()).not.toContain('within the layer')
  expect(lines.join('')).toContain('within the layer')
  expect([app.settled, counted('internal_error')]).toEqual([[], 1])
})

test('an answer of a layer is in the ledger, with who answered and what it cost', async () => {
  const body = { id: 'kept-1', object: 'chat.completion', created: 1, model: 'speka/sandbox', choices: [] }
  const cache: Layer = () => ({
    start: (call, sink) =>
      answerHere(realClock, call, sink, {
        by: 'cache',
        upstreamId: 'kept-1',
        rest: [Buffer.from(JSON.stringify(body))],
      }),
  })
  await open({ cache: [cache] })
  const answer = await ask('chat/completions', { messages })
  expect(answer.headers.get('x-speka-provider')).toBeNull()
  expect(answer.headers.get('x-speka-cost-usd')).toBe('0')
  expect(await answer.json()).toMatchObject({ id: 'kept-1' })
  const record = await fetch(`${app.origin}/v1/generation?id=kept-1`, {
    headers: { authorization: `Bearer ${app.liveKey}` },
  })
  expect(await record.json()).toMatchObject({
    outcome: 'complete',
    answered_by: 'cache',
    provider: null,
    cost_pico: '0',
    attempts: [],
  })
})
