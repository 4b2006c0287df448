import { createGateway } from '@speka/core/node'
import { conformingFetch } from './support/conformance/conforming-fetch.ts'
import { conforms } from './support/conformance/conforms.ts'
import type { Shape } from './support/conformance/shapes.ts'
import { freePort } from './support/free-port.ts'
import { sendRaw } from './support/raw-http.ts'
import { type StartedApp, startApp } from './support/start-app.ts'

const BODY_BYTES = 64 * 1024

const model = 'speka/sandbox'
const hello = [{ role: 'user', content: 'Say hello to the world.' }]
const chat = { model, messages: hello }
const tools = [
  {
    type: 'function',
    function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
]
const jsonSchema = {
  type: 'json_schema',
  json_schema: {
    name: 'city',
    schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}

/** Every way of asking for a chat answer that changes how the answer looks. */
const chats: { what: string; with: object }[] = [
  { what: 'a text', with: {} },
  { what: 'two choices', with: { n: 2 } },
  { what: 'a tool call', with: { tools } },
  { what: 'a tool call in each of two choices', with: { tools, tool_choice: 'required', n: 2 } },
  { what: 'JSON', with: { response_format: { type: 'json_object' } } },
  { what: 'JSON by a schema', with: { response_format: jsonSchema } },
  { what: 'a text cut short', with: { max_tokens: 2 } },
  { what: 'no text at all', with: { max_tokens: 0 } },
  { what: 'an answer that does not say what it used', with: { model: `${model}:nousage` } },
]

/** What each endpoint answers with. A new endpoint, or a new way to ask, is a row. */
const answers: { what: string; path: string; body?: object; shape: Shape }[] = [
  ...chats.map(({ what, with: more }) => ({
    what: `a chat answer, ${what}`,
    path: '/chat/completions',
    body: { ...chat, ...more },
    shape: 'chat completion' as const,
  })),
  ...chats.map(({ what, with: more }) => ({
    what: `a streamed chat answer, ${what}`,
    path: '/chat/completions',
    body: { ...chat, ...more, stream: true, stream_options: { include_usage: true } },
    shape: 'chat completion chunk' as const,
  })),
  {
    what: 'a streamed chat answer without usage',
    path: '/chat/completions',
    body: { ...chat, stream: true },
    shape: 'chat completion chunk',
  },
  { what: 'the list of models', path: '/models', shape: 'models' },
  { what: 'the list of the whole catalog', path: '/models?all=true', shape: 'models' },
  { what: 'one model', path: `/models/${model}`, shape: 'model' },
  { what: 'one model with an encoded slash', path: `/models/${encodeURIComponent(model)}`, shape: 'model' },
]

/** Only in code so far: the server has no route yet. */
const answersInCode: typeof answers = [
  { what: 'embeddings', path: '/embeddings', body: { model, input: ['a', 'b'] }, shape: 'embeddings' },
  {
    what: 'embeddings in base64',
    path: '/embeddings',
    body: { model, input: 'a', encoding_format: 'base64', dimensions: 3 },
    shape: 'embeddings',
  },
  { what: 'images', path: '/images/generations', body: { model, prompt: 'A cat', n: 2 }, shape: 'images' },
  {
    what: 'images by address',
    path: '/images/generations',
    body: { model, prompt: 'A cat', response_format: 'url' },
    shape: 'images',
  },
]

interface Asking {
  /** Default: `/chat/completions`. */
  readonly path?: string
  readonly method?: string
  readonly headers?: object
  readonly body?: unknown
  readonly key?: string
}

const refused: ({ status: number; what: string } & Asking)[] = [
  { status: 400, what: 'a body that is not JSON', body: '{"model":' },
  { status: 400, what: 'a body that is not UTF-8', body: new Uint8Array([0x7b, 0xff, 0x7d]) },
  { status: 400, what: 'no messages', body: { model, messages: [] } },
  { status: 400, what: 'a field of the wrong type', body: { ...chat, temperature: 'warm' } },
  { status: 400, what: 'a prompt that does not fit', body: { ...chat, model: `${model}:context_length` } },
  { status: 400, what: 'what an upstream declines', body: { ...chat, model: `${model}:content_policy` } },
  { status: 400, what: 'a key in the URL', path: '/models?api_key=x', method: 'GET' },
  { status: 401, what: 'no key', key: '' },
  { status: 401, what: 'a wrong key', key: 'sk-speka-live-wrong' },
  { status: 401, what: 'a wrong key, asking for models', key: 'sk-wrong', path: '/models', method: 'GET' },
  { status: 404, what: 'an unknown model', body: { ...chat, model: 'nobody/nothing' } },
  { status: 404, what: 'an unknown model in the path', path: '/models/nobody%2Fnothing', method: 'GET' },
  { status: 404, what: 'a model id that cannot be decoded', path: '/models/%zz', method: 'GET' },
  { status: 404, what: 'a path that is not there', path: '/nothing' },
  { status: 404, what: 'a record that is not there', path: '/generation?id=none', method: 'GET' },
  { status: 405, what: 'a method that is not there', method: 'DELETE', path: '/models/a' },
  { status: 405, what: 'a chat by GET', method: 'GET' },
  { status: 413, what: 'a body that is too large', body: { ...chat, user: 'x'.repeat(BODY_BYTES) } },
  { status: 415, what: 'a compressed body', headers: { 'content-encoding': 'gzip' } },
  { status: 429, what: 'an upstream that is limited', body: { ...chat, model: `${model}:429` } },
  { status: 502, what: 'an upstream that fails', body: { ...chat, model: `${model}:500` } },
  { status: 502, what: 'an upstream that is not there', body: { ...chat, model: 'acme/down' } },
  { status: 502, what: 'an upstream that sends garbage', body: { ...chat, model: `${model}:garbage@0` } },
  { status: 502, what: 'a stream that fails at once', body: { ...chat, model: `${model}:error@0`, stream: true } },
  { status: 504, what: 'an upstream that says nothing', body: { ...chat, model: `${model}:stall@0`, stream: true } },
]

let app: StartedApp

beforeAll(async () => {
  app = await startApp(
    {
      providers: {
        down: { type: 'openai-compatible', base_url: `http://127.0.0.1:${await freePort()}/v1`, api_key: 'x' },
      },
      models: { 'acme/down': { targets: [{ provider: 'down' }], price: { input: '1', output: '1' } } },
      routing: { max_attempts: 1 },
      timeouts: { first_token_ms: 200, idle_ms: 200 },
    },
    { bodyBytes: BODY_BYTES },
  )
})

afterAll(() => app?.close())

const server = conformingFetch()
afterEach(() => server.verify())

async function askServer({ path = '/chat/completions', method = 'POST', headers, body = chat, key }: Asking) {
  const bytes = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  const response = await server(`${app.origin}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key ?? app.liveKey}`, 'content-type': 'application/json', ...headers },
    ...(method === 'POST' && { body: bytes }),
  })
  return { status: response.status, text: await response.text() }
}

describe('over a socket, this is as OpenAI describes it', () => {
  test.each(answers)('$what', async ({ path, body, shape }) => {
    const before = server.checked.get(shape) ?? 0
    const { status } = await askServer(body === undefined ? { path, method: 'GET' } : { path, body })
    expect({ status, more: (server.checked.get(shape) ?? 0) > before }).toEqual({ status: 200, more: true })
  })

  test.each(refused)('$status for $what', async ({ status, ...asking }) => {
    const before = server.checked.get('error') ?? 0
    const answer = await askServer(asking)
    expect({ status: answer.status, errors: (server.checked.get('error') ?? 0) - before }).toEqual({
      status,
      errors: 1,
    })
  })

  test('403 for a model that the key may not call', async () => {
    const { status } = await askServer({ key: app.testKey, body: { ...chat, model: 'acme/down' } })
    expect(status).toBe(403)
  })

  test.each(['cut@3', 'eof@3', 'garbage@3', 'error@3', 'stall@3'])('a stream that ends early: %s', async (fault) => {
    const before = server.checked.get('error') ?? 0
    const { text } = await askServer({ body: { ...chat, model: `${model}:${fault}`, stream: true } })
    expect(text).not.toContain('[DONE]')
    expect((server.checked.get('error') ?? 0) - before).toBe(1)
  })

  test.each([
    { what: 'what is no HTTP', status: 400, bytes: 'HELLO\r\n\r\n' },
    {
      what: 'headers that are too large',
      status: 431,
      bytes: `GET /v1/models HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}`,
    },
    { what: 'a request without a host', status: 400, bytes: 'GET /v1/models HTTP/1.1\r\n\r\n' },
  ])('$status for $what', async ({ status, bytes }) => {
    const [response] = await sendRaw(app.origin, bytes)
    expect(response?.status).toBe(status)
    expect(response?.headers['content-type']).toMatch(/^application\/json/)
    conforms('error', JSON.parse(response?.body ?? ''))
  })
})

describe('from a gateway in code, this is as OpenAI describes it', () => {
  const gateway = createGateway({ config: {} })
  const wire = conformingFetch(gateway.fetch)
  afterEach(() => wire.verify())

  test.each([...answers, ...answersInCode].filter(({ body }) => body !== undefined))(
    '$what',
    async ({ path, body, shape }) => {
      const response = await wire(`https://speka.me/v1${path}`, { method: 'POST', body: JSON.stringify(body) })
      expect({ status: response.status, type: typeof (await response.text()) }).toEqual({ status: 200, type: 'string' })
      expect(wire.checked.get(shape)).toBeGreaterThan(0)
    },
  )
})
