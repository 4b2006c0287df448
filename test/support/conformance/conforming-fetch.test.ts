import { conformingFetch } from './conforming-fetch.ts'
import { examples } from './examples.ts'

const base = 'http://gateway.test/v1'

interface Sent {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: string | readonly string[]
}

/** A `fetch` behind which everything is answered in this way. */
function answering({ status = 200, headers = {}, body = '' }: Sent) {
  const all = Object.entries({ 'x-request-id': 'r', 'content-type': 'application/json', ...headers })
  const pieces = typeof body === 'string' ? [body] : body
  return conformingFetch(async () => {
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of pieces) controller.enqueue(Buffer.from(piece))
        controller.close()
      },
    })
    return new Response(stream, {
      status,
      headers: all.filter((header): header is [string, string] => header[1] !== undefined),
    })
  })
}

const sse = { 'content-type': 'text/event-stream; charset=utf-8' }
const chat = { path: '/chat/completions', request: { stream: false } }
const streamed = { path: '/chat/completions', request: { stream: true } }
const responses = { path: '/responses', request: { stream: true } }
const images = { path: '/images/generations', request: { stream: true } }

const json = (value: unknown): string => JSON.stringify(value)
const event = (value: unknown): string => `data: ${json(value)}\n\n`
const named = (value: object): string => `event: ${(value as { type: string }).type}\n${event(value)}`

const [answer] = examples['chat completion']
const [chunk] = examples['chat completion chunk']
const [failure] = examples.error
const [partial, drawn] = examples['image event']
const textEvents = examples['response event'].slice(0, 13).map(named)

async function send({ path, request }: { path: string; request?: object }, sent: Sent) {
  const wire = answering(sent)
  const init = request === undefined ? {} : { method: 'POST', body: json(request) }
  const response = await wire(`${base}${path}?all=true`, init)
  return { wire, response, text: await response.text() }
}

describe('an answer that conforms', () => {
  test.each([
    { what: 'JSON', ask: chat, sent: { body: json(answer) }, checked: { 'chat completion': 1 } },
    {
      what: 'a stream in odd pieces',
      ask: streamed,
      sent: { headers: sse, body: [': speka\n\nda', `${event(chunk).slice(2)}data: [DO`, 'NE]\n\n'] },
      checked: { 'chat completion chunk': 1 },
    },
    {
      what: 'a stream that fails',
      ask: streamed,
      sent: { headers: sse, body: event(chunk) + event(failure) },
      checked: { 'chat completion chunk': 1, error: 1 },
    },
    {
      what: 'a stream of responses',
      ask: responses,
      sent: { headers: sse, body: textEvents.join('') },
      checked: { 'response event': 13 },
    },
    {
      what: 'a response that fails in both ways',
      ask: responses,
      sent: { headers: sse, body: examples['response event'].slice(13).map(named) },
      checked: { 'response event': 2 },
    },
    {
      what: 'a stream of images',
      ask: images,
      sent: { headers: sse, body: [partial ?? {}, drawn ?? {}].map(named) },
      checked: { 'image event': 2 },
    },
    { what: 'an error', ask: chat, sent: { status: 429, body: json(failure) }, checked: { error: 1 } },
    {
      what: 'an error instead of a stream',
      ask: streamed,
      sent: { status: 502, body: json(failure) },
      checked: { error: 1 },
    },
    {
      what: 'an error at a path of nobody',
      ask: { path: '/x' },
      sent: { status: 404, body: json(failure) },
      checked: { error: 1 },
    },
    { what: 'models', ask: { path: '/models' }, sent: { body: json(examples.models[1]) }, checked: { models: 1 } },
    {
      what: 'one model',
      ask: { path: '/models/a%2Fb' },
      sent: { body: json(examples.model[0]) },
      checked: { model: 1 },
    },
    { what: 'something of our own', ask: { path: '/key' }, sent: { body: '{"limits":{}}' }, checked: {} },
  ])('is let through and counted: $what', async ({ ask, sent, checked }) => {
    const { wire, response, text } = await send(ask, sent)
    wire.verify()
    expect(Object.fromEntries(wire.checked)).toEqual(checked)
    expect(text).toBe([sent.body].flat().join(''))
    expect(response.headers.get('x-request-id')).toBe('r')
  })
})

describe('an answer that deviates', () => {
  test.each([
    { what: 'JSON of another shape', ask: chat, sent: { body: json(chunk) }, says: 'is no chat completion: ' },
    { what: 'no JSON', ask: chat, sent: { body: '<html>' }, says: 'is not JSON: <html>' },
    { what: 'an empty body', ask: chat, sent: { body: '' }, says: 'is not JSON' },
    {
      what: 'an error without its envelope',
      ask: chat,
      sent: { status: 400, body: '{"detail":"No."}' },
      says: 'is no error',
    },
    {
      what: 'no request id',
      ask: chat,
      sent: { headers: { 'x-request-id': undefined }, body: json(answer) },
      says: 'has no x-request-id',
    },
    {
      what: 'JSON called text',
      ask: chat,
      sent: { headers: { 'content-type': 'text/plain' }, body: json(answer) },
      says: 'is text/plain, not application/json',
    },
    {
      what: 'JSON for a stream',
      ask: streamed,
      sent: { body: json(answer) },
      says: 'is application/json, not text/event-stream',
    },
    {
      what: 'a chunk of another shape',
      ask: streamed,
      sent: { headers: sse, body: `${event(answer)}data: [DONE]\n\n` },
      says: 'is no chat completion chunk',
    },
    {
      what: 'an event that is not JSON',
      ask: streamed,
      sent: { headers: sse, body: 'data: {"a\n\ndata: [DONE]\n\n' },
      says: 'an event that is not JSON: {"a',
    },
    {
      what: 'an event without data',
      ask: streamed,
      sent: { headers: sse, body: 'event: ping\n\ndata: [DONE]\n\n' },
      says: 'an event without data (event: ping)',
    },
    {
      what: 'an event with empty data',
      ask: streamed,
      sent: { headers: sse, body: 'data:\n\ndata: [DONE]\n\n' },
      says: 'an event without data',
    },
    {
      what: 'a name in a chat',
      ask: streamed,
      sent: { headers: sse, body: `event: message\n${event(chunk)}data: [DONE]\n\n` },
      says: 'names an event message, not nothing',
    },
    {
      what: 'a stream that just ends',
      ask: streamed,
      sent: { headers: sse, body: event(chunk) },
      says: 'ends as if it were whole',
    },
    {
      what: 'an end without a blank line',
      ask: streamed,
      sent: { headers: sse, body: `${event(chunk)}data: [DONE]\n` },
      says: 'ends inside an event',
    },
    {
      what: 'an event after the end',
      ask: streamed,
      sent: { headers: sse, body: `data: [DONE]\n\n${event(chunk)}` },
      says: 'goes on after its end',
    },
    {
      what: 'an end mark after an error',
      ask: streamed,
      sent: { headers: sse, body: `${event(failure)}data: [DONE]\n\n` },
      says: 'goes on after its end',
    },
    {
      what: 'an error event of three fields',
      ask: streamed,
      sent: { headers: sse, body: event({ error: { message: 'No.', type: 'x', code: null } }) },
      says: 'is no error: Error at /error lacks param',
    },
    {
      what: 'a response event under another name',
      ask: responses,
      sent: {
        headers: sse,
        body: textEvents.join('').replace('event: response.in_progress', 'event: response.created'),
      },
      says: 'names an event response.created, not response.in_progress',
    },
    {
      what: 'a response event without a name',
      ask: responses,
      sent: { headers: sse, body: textEvents.join('').replace('event: response.created\n', '') },
      says: 'names an event nothing, not response.created',
    },
    {
      what: 'an error envelope among response events',
      ask: responses,
      sent: { headers: sse, body: event(failure) },
      says: 'ResponseStreamEvent lacks type',
    },
    {
      what: 'responses that are never completed',
      ask: responses,
      sent: { headers: sse, body: textEvents.slice(0, 12).join('') },
      says: 'ends as if it were whole',
    },
    {
      what: 'a stream of models',
      ask: { path: '/models' },
      sent: { headers: sse, body: event(chunk) },
      says: 'streams, where OpenAI does not',
    },
  ])('is reported, but not to the caller: $what', async ({ ask, sent, says }) => {
    const { wire, text } = await send(ask, sent)
    expect(text).toBe([sent.body].flat().join(''))
    expect(() => wire.verify()).toThrow(says)
    expect(() => wire.verify()).not.toThrow()
  })

  test('is reported when its bytes are no text', async () => {
    const wire = conformingFetch(async () => new Response(new Uint8Array([0x64, 0xff]), { headers: sse }))
    const response = await wire(`${base}/chat/completions`, { method: 'POST', body: '{"stream":true}' })
    expect((await response.arrayBuffer()).byteLength).toBe(2)
    expect(() => wire.verify()).toThrow('cannot be read')
  })

  test('is named with its request and status', async () => {
    const { wire } = await send(chat, { status: 500, body: '{}' })
    expect(() => wire.verify()).toThrow(
      /^Deviations from OpenAI's description \(1\):\nPOST \/v1\/chat\/completions \(500\) is no error: ErrorResponse lacks error/,
    )
  })

  test('is reported as far as it came when the caller leaves', async () => {
    const wire = answering({ headers: sse, body: [event(chunk), event(answer), event(chunk)] })
    const response = await wire(`${base}/chat/completions`, { method: 'POST', body: '{"stream":true}' })
    const reader = (response.body ?? new ReadableStream()).getReader()
    await reader.read()
    await reader.read()
    await reader.cancel()
    expect(() => wire.verify()).toThrow('is no chat completion chunk')
  })

  test('is not looked for outside of /v1', async () => {
    const wire = answering({ headers: { 'x-request-id': undefined }, body: 'alive' })
    await (await wire('http://gateway.test/healthz')).text()
    expect(() => wire.verify()).not.toThrow()
  })
})
