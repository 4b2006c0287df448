import fc from 'fast-check'
import { openRaw, post } from '../support/raw-http.ts'
import {
  delta,
  event,
  headOf,
  startScriptedUpstream,
  streamEnd,
  type ScriptedUpstream,
  type Step,
} from '../support/scripted-upstream.ts'
import { startApp, type StartedApp } from '../support/start-app.ts'
import { bytesOf } from './scripts.ts'

/** Letters of one to four bytes, line ends in strings, marks that look like the end of an event. */
const TEXT = ['ü東', '🦙 \u2028', '\n\ndata: [DONE]\n\n', ': speka']

const plain = bytesOf([...TEXT.map((text, index) => event(delta(text, index === 0))), ...streamEnd()]).toString()

/** The events without the lengths of their HTTP chunks. */
const events = plain.replace(/(?:^|\r\n)[\da-f]+\r\n/g, '').trimEnd() + '\n\n'

const spellings: Readonly<Record<string, string>> = {
  'as they are': events,
  'with CR LF': events.replaceAll('\n', '\r\n'),
  'with CR': events.replaceAll('\n', '\r'),
  'with data over several lines': events.replaceAll(',"choices"', ',\ndata: "choices"'),
}

/** All that makes cutting hard: a mark at the beginning, comments, line ends of two bytes, data over several lines. */
const hard = `\uFEFF${events.replaceAll('data: {', ': x\n\ndata: {\ndata: ').replaceAll('\n', '\r\n')}`

const SPLIT_AT_ONCE = 24

let upstream: ScriptedUpstream
let app: StartedApp

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  app = await startApp({
    providers: { local: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' } },
    models: { 'm/*': { targets: [{ provider: 'local' }], price: { input: '1', output: '1' } } },
  })
})

afterAll(async () => {
  await app?.close()
  await upstream?.close()
})

let count = 0

/** What a caller gets of an upstream's bytes, written in these pieces, without HTTP and what differs from request to request. */
async function through(pieces: readonly Uint8Array[]): Promise<string> {
  count += 1
  // As long as any other: the model's name is in every event.
  const model = `m/${`${count}`.padStart(6, '0')}`
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const head = headOf(200, { 'content-type': 'text/event-stream', 'content-length': `${length}` })
  upstream.on(model, [{ write: head }, ...pieces.flatMap((piece): Step[] => [{ sleepMs: 1 }, { write: piece }])])
  const client = await openRaw(app.origin)
  const body = {
    model,
    messages: [{ role: 'user', content: 'Hello!' }],
    stream: true,
    stream_options: { include_usage: true },
  }
  client.send(post('/v1/chat/completions', app.liveKey, body, ['Connection: close']))
  const { text } = await client.closed()
  return unchunked(text.slice(text.indexOf('\r\n\r\n') + 4)).replaceAll(model, 'm')
}

/** A body without the lengths of its HTTP chunks; everything is latin1, one character a byte. */
function unchunked(text: string): string {
  let whole = ''
  for (let at = 0; at < text.length;) {
    const lineEnd = text.indexOf('\r\n', at)
    const length = Number.parseInt(text.slice(at, lineEnd), 16)
    whole += text.slice(lineEnd + 2, lineEnd + 2 + length)
    at = lineEnd + length + 4
  }
  return whole
}

const cut = (bytes: Buffer, places: readonly number[]): Uint8Array[] => {
  const sorted = [...new Set([0, ...places, bytes.length])].toSorted((a, b) => a - b)
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end))
}

test('events come through the same wherever the network splits them', async () => {
  const bytes = Buffer.from(hard)
  const whole = await through([bytes])
  expect(Buffer.from(whole, 'latin1').toString()).toContain('東')
  expect(whole.endsWith('data: [DONE]\n\n')).toBe(true)
  const places = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1)
  const different: number[] = []
  const go = async (): Promise<void> => {
    for (let place = places.shift(); place !== undefined; place = places.shift())
      if ((await through(cut(bytes, [place]))) !== whole) different.push(place)
  }
  await Promise.all(Array.from({ length: SPLIT_AT_ONCE }, go))
  expect(different).toEqual([])
})

test.each(Object.entries(spellings))('events %s come through the same in however many pieces', async (_, spelt) => {
  const bytes = Buffer.from(spelt)
  const whole = await through([bytes])
  expect(whole.endsWith('data: [DONE]\n\n')).toBe(true)
  const places = fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(places, async (at) => expect(await through(cut(bytes, at))).toBe(whole)),
    { numRuns: 20 },
  )
})
