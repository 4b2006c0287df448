import { eventually } from '../support/eventually.ts'
import { movableClock, type MovableClock } from '../support/movable-clock.ts'
import {
  chunk,
  delta,
  event,
  json,
  sayHello,
  startScriptedUpstream,
  streamHead,
  type ScriptedUpstream,
  type Script,
  type Step,
} from '../support/scripted-upstream.ts'
import { startApp, type StartedApp } from '../support/start-app.ts'

/** Shorter timers than any limit here are pauses before another try. */
const SHORTEST_LIMIT_MS = 60_000
/** Each that was made, in ms. */
const pauses: number[] = []
const movable = movableClock()
const clock: MovableClock = {
  ...movable,
  after(ms, run) {
    if (ms < SHORTEST_LIMIT_MS / 2) pauses.push(ms)
    return movable.after(ms, run)
  },
}

let faulty: ScriptedUpstream
let well: ScriptedUpstream
let app: StartedApp

const provider = (upstream: ScriptedUpstream, api_key: string | string[] = 'k'): object => ({
  type: 'openai-compatible',
  base_url: upstream.baseURL,
  api_key,
})

beforeEach(async () => {
  ;[faulty, well] = await Promise.all([startScriptedUpstream(), startScriptedUpstream(sayHello)])
  app = await startApp(
    {
      providers: {
        faulty: provider(faulty),
        twin: provider(faulty),
        keys: provider(faulty, ['k1', 'k2']),
        well: provider(well),
      },
      models: {
        alone: { targets: [{ provider: 'faulty' }] },
        'two-faulty': { targets: [{ provider: 'faulty' }, { provider: 'twin' }] },
        'two-keys': { targets: [{ provider: 'keys' }] },
        backed: { targets: [{ provider: 'faulty' }, { provider: 'well' }] },
      },
      timeouts: { first_token_ms: SHORTEST_LIMIT_MS, idle_ms: SHORTEST_LIMIT_MS, total_ms: 2 * SHORTEST_LIMIT_MS },
    },
    {},
    { clock },
  )
})

afterEach(async () => {
  await app.close()
  await Promise.all([faulty.close(), well.close()])
})

interface Told {
  readonly status: number
  readonly text: string
}

async function ask(model: string, stream = false): Promise<Told> {
  const response = await fetch(`${app.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.liveKey}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello!' }], stream }),
  })
  return { status: response.status, text: await response.text() }
}

const refusal = (status: number, headers = {}): Step[] =>
  json({ error: { message: 'no', type: 'x', param: null, code: null } }, status, headers)

const refusesFirstKey: Script = (request) =>
  request.headers['authorization'] === 'Bearer k1' ? refusal(401) : sayHello(request)

describe('F-08: comments for ever', () => {
  test('are believed for five minutes, and then the stream ends in an error', async () => {
    const alive = Array.from({ length: 200 }, (): Step[] => [chunk(': still thinking\n\n'), { sleepMs: 10 }]).flat()
    faulty.on('alone', [streamHead, event(delta('word', true)), ...alive, 'hang'])
    const asking = ask('alone', true)
    const request = await faulty.request(0)
    await eventually(() => request.bytesWritten > 500, 'it has said something')
    clock.moveOn(301_000)
    const { text } = await asking
    expect(text).toMatch(/"content":"word"[^]*"code":"upstream_timeout"/)
    expect(text).toContain('sent signs of life, but no answer')
    expect(text).not.toContain('[DONE]')
    await request.whenClosed()
    expect(request.closed?.by).toBe('gateway')
  })
})

describe('F-23: a target that asked to be left alone', () => {
  test('is, for as long as it asked but no longer than a minute, while another answers', async () => {
    for (const [wish, passed] of [
      ['20', 20_000],
      ['3600', 60_000],
    ] as const) {
      faulty.on('backed', refusal(429, { 'retry-after': wish }))
      faulty.clear()
      expect((await ask('backed')).status).toBe(200)
      faulty.on('backed', sayHello)
      clock.moveOn(passed - 2000)
      await ask('backed')
      expect(faulty.seen).toHaveLength(1)
      clock.moveOn(2000)
      await ask('backed')
      expect(faulty.seen).toHaveLength(2)
    }
  })

  test('is asked all the same when there is no other: the caller is told when to come back', async () => {
    faulty.on('alone', refusal(429, { 'retry-after': '20' }))
    const first = await ask('alone')
    const second = await ask('alone')
    for (const { status, text } of [first, second]) {
      expect(status).toBe(429)
      expect(text).toContain('rate_limit_exceeded')
    }
    faulty.on('alone', sayHello)
    expect((await ask('alone')).status).toBe(200)
  })
})

describe('F-24: a key that was refused', () => {
  test('is passed over for a minute', async () => {
    faulty.on('two-keys', refusesFirstKey)
    for (let turn = 0; turn < 6; turn += 1) expect((await ask('two-keys')).status).toBe(200)
    const tries = (): number => faulty.seen.filter(({ headers }) => headers['authorization'] === 'Bearer k1').length
    expect(tries()).toBe(1)
    clock.moveOn(61_000)
    for (let turn = 0; turn < 2; turn += 1) await ask('two-keys')
    expect(tries()).toBe(2)
  })
})

describe('F-29: a storm of 503', () => {
  const REQUESTS = 250
  const CALLERS = 16

  /** Many callers, so many at a time. */
  async function storm(model: string): Promise<Told[]> {
    const told: Told[] = []
    let left = REQUESTS
    const caller = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        told.push(await ask(model))
      }
    }
    await Promise.all(Array.from({ length: CALLERS }, caller))
    return told
  }

  test.each(['alone', 'two-faulty'])('at every target of "%s" costs at most a fifth more calls', async (model) => {
    faulty.on(model, refusal(503))
    pauses.length = 0
    const told = await storm(model)
    expect(told.map(({ status }) => status)).toEqual(told.map(() => 502))
    // Ten are saved up for quiet times.
    expect(faulty.seen.length).toBeLessThanOrEqual(1.2 * REQUESTS + 10)
    // Until the breakers open callers are made to wait for a second try, and not after that.
    expect(pauses.length).toBeGreaterThan(0)
    expect(pauses.length).toBeLessThanOrEqual(CALLERS)

    faulty.on(model, sayHello)
    clock.moveOn(8000)
    for (let turn = 0; turn < 5; turn += 1) expect((await ask(model)).status).toBe(200)
  })

  test('that comes and goes, too little for a breaker, costs no more either', async () => {
    let asked = 0
    faulty.on('alone', (request) => {
      asked += 1
      return asked % 5 < 2 ? refusal(503) : sayHello(request)
    })
    await storm('alone')
    expect(faulty.seen.length).toBeLessThanOrEqual(1.2 * REQUESTS + 10)
    // Tries beyond the first were made, as far as they were allowed.
    expect(faulty.seen.length).toBeGreaterThan(1.1 * REQUESTS)
  })

  test('at the first target is soon not felt any more, and ten seconds after it nobody is sent elsewhere', async () => {
    faulty.on('backed', refusal(503))
    const told = await storm('backed')
    expect(told.map(({ status }) => status)).toEqual(told.map(() => 200))
    // Five in a row open the breaker; more may be under way by then.
    expect(faulty.seen.length).toBeLessThan(30)

    faulty.on('backed', sayHello)
    clock.moveOn(8000)
    await ask('backed')
    well.clear()
    for (let turn = 0; turn < 5; turn += 1) expect((await ask('backed')).status).toBe(200)
    expect(well.seen).toEqual([])
  })
})
