import { connect } from 'node:net'
import {
  chunk,
  delta,
  event,
  json,
  startScriptedUpstream,
  stream,
  streamHead,
  type ScriptedUpstream,
  type Script,
} from './support/scripted-upstream.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

const request = { model: 'speka/sandbox', max_tokens: 100, messages: [{ role: 'user', content: 'Say hello.' }] }

let upstream: ScriptedUpstream
let app: StartedApp

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  app = await startApp(
    {
      providers: {
        anthropic: { type: 'anthropic', base_url: upstream.baseURL, api_key: 'k' },
        chat: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' },
      },
      models: {
        'claude-*': { targets: [{ provider: 'anthropic' }], price: { input: '1', output: '1' } },
        'chat-*': { targets: [{ provider: 'chat' }], price: { input: '1', output: '1' } },
      },
      routing: { max_attempts: 1 },
    },
    { bodyBytes: 10_000 },
  )
})

afterAll(async () => {
  await app?.close()
  await upstream?.close()
})

interface Asked {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

const ask = ({ method = 'POST', path = '/v1/messages', headers, body }: Asked = {}): Promise<Response> =>
  fetch(app.origin + path, {
    method,
    headers: { 'x-api-key': app.liveKey, 'content-type': 'application/json', ...headers },
    ...(method === 'POST' && { body: body ?? JSON.stringify(request) }),
  })

const bodyOf = (more: object): string => JSON.stringify({ ...request, ...more })

interface ErrorBody {
  readonly type: 'error'
  readonly error: { readonly type: string; readonly message: string }
  readonly request_id: string
}

/** What the gateway tells of an error, once it is certain that all names of the request agree. */
async function told(response: Response): Promise<[status: number, type: string, message: string]> {
  const body = (await response.json()) as ErrorBody
  expect(body).toEqual({
    type: 'error',
    error: expect.objectContaining({ type: expect.any(String), message: expect.any(String) }),
    request_id: response.headers.get('request-id'),
  })
  expect(response.headers.get('request-id')).toBe(response.headers.get('x-request-id'))
  return [response.status, body.error.type, body.error.message]
}

test.each<{ what: string; asked: () => Asked; says: [number, string, RegExp] }>([
  {
    what: 'no key',
    asked: () => ({ headers: { 'x-api-key': '' } }),
    says: [401, 'authentication_error', /No API key/],
  },
  {
    what: 'two keys',
    asked: () => ({ headers: { authorization: `Bearer ${app.testKey}` } }),
    says: [401, 'authentication_error', /Two different keys/],
  },
  { what: 'no JSON', asked: () => ({ body: '{' }), says: [400, 'invalid_request_error', /JSON/] },
  {
    what: 'no max_tokens',
    asked: () => ({ body: bodyOf({ max_tokens: undefined }) }),
    says: [400, 'invalid_request_error', /max_tokens/],
  },
  {
    what: 'a model that nobody knows',
    asked: () => ({ body: bodyOf({ model: 'nobody' }) }),
    says: [404, 'not_found_error', /nobody/],
  },
  {
    what: 'a body that is too large',
    asked: () => ({ body: bodyOf({ messages: [{ role: 'user', content: 'a'.repeat(20_000) }] }) }),
    says: [413, 'request_too_large', /bytes|KiB|MiB|large/],
  },
  {
    what: 'a body that is compressed, which the guard refuses',
    asked: () => ({ headers: { 'content-encoding': 'gzip' } }),
    says: [415, 'invalid_request_error', /Compressed/],
  },
  { what: 'another method', asked: () => ({ method: 'DELETE' }), says: [405, 'invalid_request_error', /POST/] },
  {
    what: 'a base URL with a "/v1" too many',
    asked: () => ({ path: '/v1/v1/messages' }),
    says: [404, 'not_found_error', /at \/v1\/messages/],
  },
  {
    what: 'too low a limit of its own',
    asked: () => ({ body: bodyOf({ model: 'claude-x' }), headers: { 'x-speka-max-cost-usd': '0.0000001' } }),
    says: [402, 'billing_error', /0\.0000001/],
  },
  {
    what: 'a page of models that is none',
    asked: () => ({ method: 'GET', path: '/v1/models?limit=0', headers: { 'anthropic-version': '2023-06-01' } }),
    says: [400, 'invalid_request_error', /limit/],
  },
  {
    what: 'a model that is not there',
    asked: () => ({ method: 'GET', path: '/anthropic/v1/models/nobody' }),
    says: [404, 'not_found_error', /nobody/],
  },
])('$what is told in the envelope of Anthropic', async ({ asked, says: [status, type, message] }) => {
  expect(await told(await ask(asked()))).toEqual([status, type, expect.stringMatching(message)])
})

const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }

test.each<{ what: string; script: Script; says: [number, string]; retry: string }>([
  { what: 'is overloaded', script: json(overloaded, 529), says: [529, 'overloaded_error'], retry: 'false' },
  { what: 'is unavailable', script: json({}, 503), says: [529, 'overloaded_error'], retry: 'false' },
  { what: 'has an error', script: json({}, 500), says: [502, 'api_error'], retry: 'false' },
  {
    what: 'limits the rate',
    script: json({}, 429, { 'retry-after': '7' }),
    says: [429, 'rate_limit_error'],
    retry: 'true',
  },
])('an upstream that $what is told so, and whether to come back', async ({ script, says, retry }) => {
  for (const model of ['claude-fails', 'chat-fails'] as const) {
    upstream.on(model, script)
    const response = await ask({ body: bodyOf({ model }) })
    const [status, type] = await told(response)
    expect([status, type]).toEqual(says)
    expect(response.headers.get('x-should-retry')).toBe(retry)
    expect(response.headers.get('retry-after')).toBe(retry === 'true' ? '7' : null)
  }
})

const messageStart = {
  type: 'message_start',
  message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], usage: { input_tokens: 3 } },
}
const blockStart = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }
const words = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } }
const typed = (value: { type: string }) => chunk(`event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`)
const begunByClaude = [streamHead, typed(messageStart), typed(blockStart), typed(words)]
const begunByChat = [streamHead, event(delta('Hi', true))]

test.each<{ what: string; model: string; script: Script; type: string }>([
  { what: 'breaks off', model: 'claude-breaks', script: [...begunByClaude, 'reset'], type: 'api_error' },
  { what: 'breaks off', model: 'chat-breaks', script: [...begunByChat, 'reset'], type: 'api_error' },
  {
    what: 'becomes overloaded',
    model: 'claude-tires',
    script: [...begunByClaude, typed(overloaded), 'end'],
    type: 'overloaded_error',
  },
])('a stream of $model that $what ends with an error that names it, and without a stop', async (row) => {
  upstream.on(row.model, row.script)
  const response = await ask({ body: bodyOf({ model: row.model, stream: true }) })
  const text = await response.text()
  expect(text).not.toContain('message_stop')
  expect(text).toContain('"text":"Hi"')
  const last = /event: error\ndata: (.*)\n\n$/.exec(text)?.[1]
  expect(JSON.parse(last ?? '')).toEqual({
    type: 'error',
    error: { type: row.type, message: expect.any(String) },
    request_id: response.headers.get('request-id'),
  })
})

test('a stream that a stop cuts off ends with an error of the same kind', async () => {
  upstream.on('chat-hangs', [...begunByChat, 'hang'])
  const response = await ask({ body: bodyOf({ model: 'chat-hangs', stream: true }) })
  const reader = response.body?.getReader()
  await reader?.read()
  app.inFlight.cutOff()
  let text = ''
  for (;;) {
    const piece = await reader?.read()
    if (piece === undefined || piece.done) break
    text += Buffer.from(piece.value).toString()
  }
  expect(text).toContain('event: error\ndata: {"type":"error","error":{"type":"overloaded_error"')
  expect(text).toContain(`"request_id":"${response.headers.get('request-id')}"`)
})

test('what is answered names its request as Anthropic does', async () => {
  upstream.on('chat-well', stream(['Hi']))
  for (const body of [bodyOf({}), bodyOf({ model: 'chat-well', stream: true })]) {
    const response = await ask({ body })
    expect([response.status, response.headers.get('request-id')]).toEqual([200, response.headers.get('x-request-id')])
    await response.text()
  }
})

test('a key that comes twice is refused before anybody reads it', async () => {
  const socket = connect(Number(new URL(app.origin).port), '127.0.0.1')
  socket.end(`GET /v1/models HTTP/1.1\r\nhost: a\r\nx-api-key: ${app.liveKey}\r\nX-Api-Key: b\r\n\r\n`)
  let text = ''
  for await (const piece of socket) text += String(piece)
  expect(text).toContain('The header \\"x-api-key\\" was sent twice.')
})

test.each(['/v1/messages/batches', '/anthropic/v1/messages/batches', '/anthropic/v1/files'])(
  '%s is not there, which is said in Anthropic’s envelope with what to do instead',
  async (path) => {
    const response = await fetch(`${app.origin}${path}`, { method: 'POST', body: '{"requests":[]}' })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: { type: 'not_found_error', message: expect.stringMatching(/ instead/) as unknown },
    })
  },
)
