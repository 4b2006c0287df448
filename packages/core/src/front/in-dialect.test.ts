import {
  completion,
  createFakeTransport,
  done,
  event,
  finish,
  json,
  role,
  saying,
  stream,
  streamHead,
  word,
  type ReplyScript,
} from '../attempt/transport.fake.ts'
import { assembleGateway } from '../gateway.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import type { CompletionChunk } from '../dialects/completions/shapes.ts'
import type { ResponseEvent } from '../dialects/responses/shapes.ts'
import { config } from './ask.fake.ts'

/** A gateway over a script, whose clock moves by itself whenever something is awaited. */
function open(script: readonly ReplyScript[]) {
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, script)
  const records: UsageRecord[] = []
  const settle = (record: UsageRecord): void => void records.push(record)
  const gateway = assembleGateway({ config, transport, clock, random: () => 0.5, onUsage: settle })
  const within = async <Value>(promise: Promise<Value>, ms = 700_000): Promise<Value> => {
    // An error may come before anybody waits for it.
    promise.catch(() => {})
    await clock.advance(ms)
    return promise
  }
  return { clock, gateway, records, sent: transport.sent, within }
}

async function all<Event>(events: AsyncIterable<Event>): Promise<Event[]> {
  const read: Event[] = []
  for await (const one of events) read.push(one)
  return read
}

const input = 'hi'
const long = Array.from({ length: 40 }, (_, index) => word(`${index} ${'x'.repeat(8000)}`))
const counted = { input_tokens: 10, output_tokens: 5, cost: 0.00002, cost_details: { total: '0.00002' } }

describe('a response', () => {
  test('comes as an object, with its cost and its attempts', async () => {
    const { gateway, records, within } = open([json(503, {}), json(200, completion('Hi'))])
    const response = await within(gateway.respond({ model: 'b', input }))
    expect(response).toMatchObject({ object: 'response', model: 'b', usage: counted, cost: '0.00002', provider: 'two' })
    expect(response.output).toMatchObject([{ type: 'message', content: [{ text: 'Hi' }] }])
    expect(response.attempts).toHaveLength(2)
    expect(records[0]).toMatchObject({ endpoint: 'responses', charge: 20_000_000n })
  })

  test('comes in events, whose last one has the cost although nobody asked for usage', async () => {
    const { gateway, within } = open([stream(saying('Hello', ' you'))])
    const events = await within(all(gateway.streamResponse({ model: 'a', input })))
    const text = events.map((one) => (one.type === 'response.output_text.delta' ? one.delta : '')).join('')
    expect(text).toBe('Hello you')
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { usage: counted } })
  })

  test('that breaks throws on the loop, after what had come', async () => {
    const { gateway, records, within } = open([stream([role(), word('Hello')])])
    const seen: ResponseEvent[] = []
    const read = async (): Promise<void> => {
      for await (const one of gateway.streamResponse({ model: 'a', input })) seen.push(one)
    }
    await expect(within(read())).rejects.toMatchObject({ code: 'upstream_incomplete' })
    expect(seen.at(-1)).toMatchObject({ type: 'response.output_text.delta', delta: 'Hello' })
    expect(records[0]).toMatchObject({ outcome: 'interrupted' })
  })

  test('pauses the upstream for a slow reader, who gets all of it', async () => {
    const opened = open([[streamHead, ...long.map((data) => ({ data })), { data: finish() + done }, { end: true }]])
    const events = opened.gateway.streamResponse({ model: 'a', input })
    await opened.within(events.next(), 1000)
    expect(opened.sent[0]?.paused).toBe(true)
    const read = all(events)
    for (let turn = 0; turn < 100; turn += 1) await opened.clock.advance(1)
    const rest = await read
    expect(rest.filter(({ type }) => type === 'response.output_text.delta')).toHaveLength(long.length)
    expect(rest.at(-1)).toMatchObject({ type: 'response.completed' })
  })

  test('is read as it was meant, though its upstream does not escape what it says', async () => {
    const plain = word('MARK')
    const { gateway, within } = open([
      stream([role(), plain, plain.replace('MARK', 'a\tb'), plain.replace('MARK', String.raw`\q`), finish(), done]),
    ])
    const events = await within(all(gateway.streamResponse({ model: 'a', input })))
    expect(events.at(-1)).toMatchObject({ response: { output: [{ content: [{ text: 'MARKa\tb\\q' }] }] } })
  })

  test('that makes no sense is refused before anybody is asked', async () => {
    const { gateway, sent, within } = open([])
    await expect(within(gateway.respond({ model: 'a', input: [] }))).rejects.toMatchObject({ param: 'input' })
    const events = gateway.streamResponse({ model: 'a', input, background: true })
    await expect(within(events.next())).rejects.toMatchObject({ param: 'background' })
    expect(sent).toEqual([])
  })
})

describe('a completion', () => {
  test('comes as an object, with its cost', async () => {
    const { gateway, sent, within } = open([json(200, completion('Hi'))])
    const answer = await within(gateway.complete({ model: 'a', prompt: 'hi' }))
    expect(answer).toMatchObject({ object: 'text_completion', choices: [{ text: 'Hi' }], cost: '0.00002' })
    expect(sent[0]?.path).toBe('/chat/completions')
  })

  test('comes in chunks', async () => {
    const { gateway, within } = open([stream(saying('Hello', ' you'))])
    const chunks: CompletionChunk[] = await within(all(gateway.streamCompletion({ model: 'a', prompt: 'hi' })))
    expect(chunks.map(({ choices }) => choices[0]?.text)).toEqual(['Hello', ' you', ''])
  })
})

const post = (path: string, body: object): [string, RequestInit] => [
  `https://anything.example/v1${path}`,
  { method: 'POST', body: JSON.stringify({ model: 'a', ...body }) },
]

describe('through fetch', () => {
  test.each([
    ['/responses', { input }, { object: 'response', status: 'completed' }],
    ['/completions', { prompt: 'hi' }, { object: 'text_completion' }],
    ['/chat/completions', { messages: [{ role: 'user', content: 'hi' }] }, { object: 'chat.completion' }],
  ])('%s answers in its own shape', async (path, body, shape) => {
    const { gateway, within } = open([json(200, completion('Hi'))])
    const response = await within(gateway.fetch(...post(path, body)))
    expect(response.headers.get('x-speka-cost-usd')).toBe('0.00002')
    expect(await response.json()).toMatchObject(shape)
  })

  test.each([
    ['/responses', { input }, /^event: error\n.*\n\nevent: response\.failed\n.*\n\n$/m],
    ['/completions', { prompt: 'hi' }, /^data: \{"error":.*\}\n\n$/m],
  ])('%s tells in its own way that a stream broke', async (path, body, end) => {
    const { gateway, within } = open([stream([word('Hello')])])
    const response = await within(gateway.fetch(...post(path, { ...body, stream: true })))
    const text = await response.text()
    expect(text).toMatch(end)
    expect(text).not.toContain('[DONE]')
  })

  test('what fails before it has begun has a status', async () => {
    const { gateway, within } = open([stream([event({ error: { message: 'no' } })])])
    const response = await within(gateway.fetch(...post('/responses', { input, stream: true })))
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ error: { type: 'upstream_error' } })
  })
})
