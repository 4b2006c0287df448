import OpenAI from 'openai'
import { eventually } from '../support/eventually.ts'
import { movableClock } from '../support/movable-clock.ts'
import { openRaw, post } from '../support/raw-http.ts'
import {
  completion,
  delta,
  event,
  json,
  sayHello,
  startScriptedUpstream,
  stream,
  streamEnd,
  streamHead,
  type ScriptedUpstream,
  type SeenRequest,
  type Step,
} from '../support/scripted-upstream.ts'
import { startApp, type StartedApp } from '../support/start-app.ts'
import { arrived, endMark, endOfStream, role } from './scripts.ts'

/** What users of other gateways complain of, by the numbers under which it was collected. */

const clock = movableClock()
let faulty: ScriptedUpstream
let well: ScriptedUpstream
let app: StartedApp

const provider = ({ baseURL }: ScriptedUpstream): object => ({ type: 'vllm', base_url: baseURL, api_key: 'k' })
const model = (...providers: string[]): object => ({
  targets: providers.map((name) => ({ provider: name })),
  price: { input: '1', output: '2' },
})

beforeEach(async () => {
  ;[faulty, well] = await Promise.all([startScriptedUpstream(), startScriptedUpstream(sayHello)])
  app = await startApp(
    {
      providers: { faulty: provider(faulty), twin: provider(faulty), well: provider(well) },
      models: {
        alone: model('faulty'),
        backed: model('faulty', 'well'),
        ruled: model('well', 'faulty'),
        two: model('faulty', 'twin'),
        other: model('faulty', 'twin'),
      },
      routing: {
        max_attempts: 4,
        fallbacks: { two: ['other'] },
        rules: [{ when: { tag: 'batch' }, use: { order: ['faulty'] } }],
      },
      timeouts: { first_token_ms: 700, idle_ms: 400, total_ms: 10_000 },
    },
    {},
    { clock },
  )
})

afterEach(async () => {
  await app.close()
  await Promise.all([faulty.close(), well.close()])
})

const sdk = (options: object = {}): OpenAI =>
  new OpenAI({ baseURL: `${app.origin}/v1`, apiKey: app.liveKey, maxRetries: 0, ...options })

const messages = [{ role: 'user' as const, content: 'Hello!' }]

/** The text of a streamed answer; throws what the SDK throws. */
async function streamed(model: string, more: object = {}): Promise<string> {
  let text = ''
  for await (const { choices } of await sdk().chat.completions.create({ model, messages, stream: true, ...more }))
    text += choices[0]?.delta.content ?? ''
  return text
}

/** The bytes of a streamed answer. */
async function raw(model: string, more: object = {}): Promise<string> {
  const client = await openRaw(app.origin)
  client.send(
    post('/v1/chat/completions', app.liveKey, { model, messages, stream: true, ...more }, ['Connection: close']),
  )
  return (await client.closed()).text
}

const refusal = (status: number, headers = {}): Step[] =>
  json({ error: { message: 'no', type: 'x', param: null, code: null } }, status, headers)

const words = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, at) => `w${from + at} `)
const pieces = (list: readonly string[]): Step[] => list.map((word) => event(delta(word)))
const WHOLE = words(0, 60).join('')

/** The second target goes on behind what it is told was said. */
function goesOn({ body }: SeenRequest): Step[] {
  const { messages: told } = JSON.parse(body) as { messages: { role: string; content: string }[] }
  const said = told.findLast(({ role: who }) => who === 'assistant')?.content ?? ''
  const done = said.split(' ').length - 1
  return [streamHead, role, ...pieces(words(done, 60)), ...streamEnd()]
}

const faults: readonly { what: string; after: number; breaks: Step[] }[] = [
  { what: 'cut', after: 40, breaks: [arrived, 'reset'] },
  { what: 'stalled', after: 20, breaks: ['hang'] },
  { what: 'malformed', after: 10, breaks: [event('{"id":"x'), endOfStream] },
  { what: 'told to be an error', after: 10, breaks: [event({ error: { message: 'no' } }), endMark, endOfStream] },
]

describe.each(faults)('pain 12: a stream that is $what', ({ after, breaks: then }) => {
  test('before the first token is answered by the fallback, which is asked once', async () => {
    faulty.on('backed', [streamHead, role, ...then])
    expect(await streamed('backed')).toBe('Hello')
    expect([faulty.seen.length, well.seen.length]).toEqual([1, 1])
  })

  test('in the middle is taken up by the fallback for who asked for that, word for word', async () => {
    faulty.on('backed', [streamHead, role, ...pieces(words(0, after)), ...then])
    well.on('backed', goesOn)
    expect(await streamed('backed', { provider: { continue: true } })).toBe(WHOLE)
    expect([faulty.seen.length, well.seen.length]).toEqual([1, 1])
  })

  test('in the middle is an error for who did not, after every word that came', async () => {
    faulty.on('backed', [streamHead, role, ...pieces(words(0, after)), ...then])
    const text = await raw('backed')
    expect(text).toContain(`w${after - 1} `)
    expect(text).toMatch(/data: \{"error":\{[^\n]*"code":"upstream_[a-z_]+"\}\}\n\n\r\n0\r\n\r\n$/)
    await expect(streamed('backed')).rejects.toThrow(/Provider/)
  })
})

describe('pain 13: a stream that its upstream closed too early', () => {
  test.each([
    { how: 'in good order', breaks: [endOfStream] },
    { how: 'with the connection', breaks: [arrived, 'end'] as Step[] },
  ])('$how does not end as if it were whole', async ({ breaks: then }) => {
    faulty.on('alone', [streamHead, role, ...pieces(words(0, 5)), ...then])
    const text = await raw('alone')
    expect(text).toContain('"code":"upstream_incomplete"')
    expect(text).not.toContain('[DONE]')
    await expect(streamed('alone')).rejects.toMatchObject({ code: 'upstream_incomplete' })
    expect(app.settled.map(({ outcome, charge }) => ({ outcome, charge }))).toEqual([
      { outcome: 'interrupted', charge: 0n },
      { outcome: 'interrupted', charge: 0n },
    ])
  })
})

describe('pain 14: a stream in which nothing comes', () => {
  test.each([
    { what: 'not even an event', script: [streamHead, endOfStream] },
    { what: 'but the role', script: [streamHead, role, endOfStream] },
    { what: 'but an end mark', script: [streamHead, endMark, endOfStream] },
    { what: 'but a comment', script: [streamHead, { write: '3\r\n:\n\n\r\n' }, endOfStream] },
  ])('$what is an error, not an empty answer', async ({ script }) => {
    faulty.on('alone', script)
    const text = await raw('alone')
    expect(text).toMatch(/^HTTP\/1\.1 502 /)
    expect(text).not.toContain('data:')
    faulty.on('backed', script)
    expect(await streamed('backed')).toBe('Hello')
  })
})

describe('pain 15: an error behind the first event', () => {
  const script = [
    streamHead,
    role,
    event({ ...delta(''), choices: [] }),
    event({ error: { message: 'no' } }),
    endOfStream,
  ]

  test('of a chat still goes to the fallback, and the caller sees one beginning', async () => {
    faulty.on('backed', script)
    const text = await raw('backed')
    expect(text.split('"role":"assistant"').length - 1).toBe(1)
    expect(text).toMatch(/"Hel"[^]*"lo"[^]*\[DONE\]/)
  })

  test('of a response, too', async () => {
    faulty.on('backed', script)
    const seen: string[] = []
    let text = ''
    for await (const one of await sdk().responses.create({ model: 'backed', input: 'Hello!', stream: true })) {
      seen.push(one.type)
      if (one.type === 'response.output_text.delta') text += one.delta
    }
    expect(text).toBe('Hello')
    expect(seen.filter((type) => type === 'response.created')).toHaveLength(1)
    expect(seen.at(-1)).toBe('response.completed')
  })
})

describe('pain 16: the fallback of a rule', () => {
  test.each([429, 403, 503])('is asked after %i', async (status) => {
    faulty.on('ruled', refusal(status))
    const tagged = sdk({ defaultHeaders: { 'x-speka-tags': 'batch' } })
    const { data, response } = await tagged.chat.completions.create({ model: 'ruled', messages }).withResponse()
    expect(data.choices[0]?.message.content).toBe('Hello')
    expect(response.headers.get('x-speka-provider')).toBe('well')
    expect([faulty.seen.length, well.seen.length]).toEqual([1, 1])
  })
})

describe('pain 20: layers that each try again', () => {
  test.each([
    { what: 'unavailable', script: refusal(503), most: 4 },
    { what: 'limited', script: refusal(429), most: 4 },
    { what: 'broken, which may be billed', script: refusal(500), most: 2 },
  ])('share one budget when all is $what, whatever the SDK would add', async ({ script, most }) => {
    faulty.on('two', script)
    faulty.on('other', script)
    const multiplying = sdk({ maxRetries: 2 })
    await expect(multiplying.chat.completions.create({ model: 'two', messages })).rejects.toThrow(/attempts/)
    expect(faulty.seen.length).toBe(most)
    expect(app.settled).toHaveLength(1)
  })
})

describe('pain 21: targets that are to be left alone', () => {
  test('are asked all the same when there is nobody else', async () => {
    faulty.on('two', refusal(429, { 'retry-after': '20' }))
    faulty.on('other', refusal(429, { 'retry-after': '20' }))
    await expect(sdk().chat.completions.create({ model: 'two', messages })).rejects.toMatchObject({ status: 429 })
    faulty.on('two', sayHello)
    faulty.on('other', sayHello)
    const answer = await sdk().chat.completions.create({ model: 'two', messages })
    expect(answer.choices[0]?.message.content).toBe('Hello')
  })

  test('are left alone for the longer of two times', async () => {
    const { promise: later, resolve: goOn } = Promise.withResolvers<void>()
    const waits: Step[][] = [
      refusal(429, { 'retry-after': '20' }),
      [{ until: later }, ...refusal(429, { 'retry-after': '1' })],
    ]
    faulty.on('backed', () => waits.shift() ?? json(completion('Hello')))
    const first = sdk().chat.completions.create({ model: 'backed', messages })
    const second = sdk().chat.completions.create({ model: 'backed', messages })
    await first
    goOn()
    await second
    expect(faulty.seen).toHaveLength(2)
    clock.moveOn(19_000)
    await streamed('backed')
    expect(faulty.seen).toHaveLength(2)
    clock.moveOn(1000)
    await streamed('backed')
    expect(faulty.seen).toHaveLength(3)
  })
})

describe('pain 22: a model that thinks for long', () => {
  const SILENCE_MS = 240

  test('never leaves the line silent, and its answer comes', async () => {
    const patient = await startApp(
      { providers: { faulty: provider(faulty) }, models: { alone: model('faulty') } },
      { silenceMs: SILENCE_MS },
    )
    const { promise: thought, resolve: answer } = Promise.withResolvers<void>()
    faulty.on('alone', [{ until: thought }, ...stream(['Hel', 'lo'])])
    const client = await openRaw(patient.origin)
    client.send(post('/v1/chat/completions', patient.liveKey, { model: 'alone', messages, stream: true }))
    await eventually(() => client.received().split(': speka\n\n').length > 5, 'five comments')
    answer()
    await client.until('[DONE]')
    client.destroy()
    // The SDK skips the comments.
    faulty.on('alone', [{ sleepMs: SILENCE_MS * 2.5 }, ...stream(['Hel', 'lo'])])
    const skips = new OpenAI({ baseURL: `${patient.origin}/v1`, apiKey: patient.liveKey, maxRetries: 0 })
    let text = ''
    for await (const { choices } of await skips.chat.completions.create({ model: 'alone', messages, stream: true }))
      text += choices[0]?.delta.content ?? ''
    expect(text).toBe('Hello')
    await patient.close()
  })
})
