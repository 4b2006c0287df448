import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import OpenAI from 'openai'
import { eventually } from '../support/eventually.ts'
import { openRaw, post, type RawClient } from '../support/raw-http.ts'
import {
  completion,
  delta,
  event,
  json,
  startScriptedUpstream,
  streamEnd,
  streamHead,
  type ScriptedUpstream,
  type SeenRequest,
  type Step,
} from '../support/scripted-upstream.ts'
import { startApp, type StartedApp } from '../support/start-app.ts'
import { PROMPT } from './rig.ts'

const KiB = 1024
const MICRO_USD = 1_000_000n
const STALL_MS = 500

let upstream: ScriptedUpstream
let app: StartedApp
/** The server's ends of the connections with callers. */
const sockets = new Set<Socket>()

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  app = await startApp(
    {
      providers: { local: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' } },
      models: { 'm/*': { targets: [{ provider: 'local' }], price: { input: '1', output: '2' } } },
      routing: { max_attempts: 1 },
    },
    { stallMs: STALL_MS },
  )
  app.server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
})

afterAll(async () => {
  await app?.close()
  await upstream?.close()
})

let count = 0

interface Asked {
  readonly model: string
  readonly client: RawClient
}

/** Asks for a model of its own that `script` is played for. */
async function ask(script: readonly Step[], streamed: boolean): Promise<Asked> {
  count += 1
  const model = `m/${count}`
  upstream.on(model, script)
  const client = await openRaw(app.origin)
  const messages = [{ role: 'user', content: PROMPT }]
  client.send(post('/v1/chat/completions', app.liveKey, { model, messages, stream: streamed }))
  return { model, client }
}

const seen = (model: string): SeenRequest | undefined => upstream.seen.find((request) => request.model === model)
const wordsIn = (client: RawClient): number => client.received().split('"word"').length - 1
const recordsOf = (model: string) => app.settled.filter(({ requestedModel }) => requestedModel === model)

/**
 * Asks, and reads nothing. A process kept busy for longer than the gateway waits closes connections that it has read
 * nothing of yet: then it is asked again.
 */
async function askAndNotRead(script: readonly Step[]): Promise<Asked> {
  for (;;) {
    const asked = await ask(script, true)
    const { model, client } = asked
    client.socket.pause()
    const isRead = (): boolean => seen(model) !== undefined
    await eventually(() => isRead() || client.socket.destroyed, 'it is read, or closed unread')
    if (isRead()) return asked
  }
}

describe('F-21: a caller that reads slowly, or not at all', () => {
  const flood: Step[] = [
    streamHead,
    ...Array.from({ length: 2000 }, (_, index) => event(delta('x'.repeat(16 * KiB), index === 0))),
  ]

  test('holds up its upstream: no more than 256 KiB wait for it here, and it counts as gone in the end', async () => {
    let most = 0
    const watch = setInterval(() => {
      for (const { writableLength } of sockets) most = Math.max(most, writableLength)
    }, 2).unref()
    const stuck = await Promise.all(Array.from({ length: 10 }, () => askAndNotRead(flood)))
    await eventually(() => stuck.every(({ model }) => recordsOf(model).length > 0), 'all are on record')
    clearInterval(watch)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(256 * KiB)
    for (const { model, client } of stuck) {
      expect(recordsOf(model)).toMatchObject([{ outcome: 'cancelled', usage: { estimated: true } }])
      await seen(model)?.whenClosed()
      expect(seen(model)?.closed?.by).toBe('gateway')
      // 32 MiB were to be said; what is gone fits into the buffers of two sockets.
      expect(seen(model)?.bytesWritten).toBeLessThan(14 * KiB * KiB)
      client.destroy()
    }
  })
})

describe('F-22: a caller that leaves', () => {
  const PIECES = 24

  /** Pieces one after the other; the end comes when the caller has had time to leave before it. */
  const answer = (hold: Step): Step[] => [
    streamHead,
    ...Array.from({ length: PIECES }, (_, index): Step[] => [event(delta('word', index === 0)), { sleepMs: 2 }]).flat(),
    hold,
    ...streamEnd({ input: 10, output: PIECES }),
  ]

  /** What has happened when it leaves, and whether the answer may be over by then. */
  const moments: readonly { when: string; script: Step[]; streamed: boolean; left: (client: RawClient) => boolean }[] =
    [
      { when: 'before the headers', script: ['hang'], streamed: true, left: () => true },
      { when: 'before the headers of a JSON answer', script: ['hang'], streamed: false, left: () => true },
      {
        when: 'in the middle of a JSON answer',
        script: [{ write: 'HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{"id":' }, 'hang'],
        streamed: false,
        left: () => true,
      },
      {
        when: 'before the first token',
        script: [streamHead, event(delta('', true)), 'hang'],
        streamed: true,
        left: () => true,
      },
      ...Array.from({ length: 36 }, (_, index) => ({
        when: `after ${(index + 1) * 120} bytes`,
        script: answer('hang'),
        streamed: true,
        left: (client: RawClient) => client.received().length >= (index + 1) * 120,
      })),
      {
        when: 'between the last token and the end',
        script: answer('hang'),
        streamed: true,
        left: (client) => wordsIn(client) === PIECES,
      },
    ]

  test('closes the upstream, is on record once, and pays for what it got', async () => {
    const gone = await Promise.all(
      moments.map(async ({ when, script, streamed, left }) => {
        const { model, client } = await ask(script, streamed)
        await eventually(() => seen(model) !== undefined && left(client), when)
        const words = wordsIn(client)
        client.destroy()
        await seen(model)?.whenClosed()
        await eventually(() => recordsOf(model).length > 0, `${when}: it is on record`)
        return { when, model, words, closed: seen(model)?.closed }
      }),
    )
    await wait(20)
    for (const { when, model, words, closed } of gone) {
      const records = recordsOf(model)
      expect({ when, by: closed?.by, outcomes: records.map(({ outcome }) => outcome) }).toEqual({
        when,
        by: 'gateway',
        outcomes: ['cancelled'],
      })
      const [record] = records
      const input = BigInt(record?.usage.inputTokens ?? 0) * MICRO_USD
      // One more may have arrived that the upstream had not yet counted.
      const most = BigInt((seen(model)?.tokensWritten ?? 0) + 1) * 2n * MICRO_USD
      expect(record?.charge).toBeGreaterThanOrEqual(BigInt(words) * 2n * MICRO_USD)
      expect(record?.charge).toBeLessThanOrEqual(input + most)
      if (words > 0) expect(input).toBeGreaterThan(0n)
    }
    expect(app.inFlight.count).toBe(0)
    expect(upstream.seen.filter(({ done, closed }) => !done && closed === undefined)).toEqual([])
  })
})

const sdk = (): OpenAI => new OpenAI({ baseURL: `${app.origin}/v1`, apiKey: app.liveKey })
const asking = (model: string) => ({ model, messages: [{ role: 'user' as const, content: PROMPT }] })

describe('F-30: an SDK that tries again by itself', () => {
  const no: Step[] = json({ error: { message: 'no', type: 'x', param: null, code: null } }, 503)

  test('does not, since the gateway has done so', async () => {
    upstream.on('m/down', no)
    await expect(sdk().chat.completions.create(asking('m/down'))).rejects.toMatchObject({
      status: 502,
      code: 'upstream_error',
    })
    expect(upstream.seen.filter(({ model }) => model === 'm/down')).toHaveLength(1)
    expect(recordsOf('m/down')).toHaveLength(1)
  })

  test('does when it was told when; each try is a request of its own', async () => {
    let asked = 0
    upstream.on('m/limited', () => {
      asked += 1
      const limited = json({ error: { message: 'no', type: 'x', param: null, code: null } }, 429, {
        'retry-after-ms': '10',
      })
      return asked < 3 ? limited : json(completion('Hello'))
    })
    const answer = await sdk().chat.completions.create(asking('m/limited'))
    expect(answer.choices[0]?.message.content).toBe('Hello')
    const records = recordsOf('m/limited')
    expect(records.map(({ outcome, charge }) => ({ outcome, charge }))).toEqual([
      { outcome: 'failed', charge: 0n },
      { outcome: 'failed', charge: 0n },
      { outcome: 'complete', charge: 20n * MICRO_USD },
    ])
    expect(new Set(records.map(({ id }) => id)).size).toBe(3)
  })
})
