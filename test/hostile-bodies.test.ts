import { startApp, type StartedApp } from './support/start-app.ts'

let app: StartedApp

beforeAll(async () => {
  app = await startApp({
    providers: { mine: { type: 'vllm', base_url: 'http://127.0.0.1:9/v1' } },
    models: { 'mine/*': { targets: [{ provider: 'mine' }] } },
  })
})

afterAll(() => app?.close())

async function ask(path: string, key: string, body: object | string): Promise<{ status: number; code: unknown }> {
  const response = await fetch(app.origin + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const { error } = (await response.json()) as { error?: { code: unknown } }
  return { status: response.status, code: error?.code }
}

/** No token has this number: whoever spells it out says so. */
const NO_TOKEN = 4_000_000_000

/** Larger than what is read whoever sends it. */
const text = 'x'.repeat(100_000)

const routes = [
  { path: '/v1/chat/completions', model: 'mine/chat' },
  { path: '/v1/responses', model: 'mine/chat' },
  { path: '/v1/completions', model: 'mine/chat' },
  { path: '/v1/embeddings', model: 'mine/embed' },
  { path: '/v1/images/generations', model: 'mine/draw' },
  { path: '/v1/route/explain', model: 'mine/chat' },
]

describe('a key that may not use a model is told so', () => {
  test.each([
    { path: '/v1/completions', body: { model: 'mine/chat', prompt: [1, NO_TOKEN] } },
    { path: '/v1/completions', body: { model: 'mine/chat', prompt: [[1, NO_TOKEN]] } },
    { path: '/v1/embeddings', body: { model: 'mine/embed', input: [1, NO_TOKEN] } },
    { path: '/v1/embeddings', body: { model: 'mine/embed', input: [[1], [NO_TOKEN]] } },
  ])('before tokens at $path are spelled out', async ({ path, body }) => {
    expect(await ask(path, app.testKey, body)).toEqual({ status: 403, code: 'model_not_allowed' })
    expect(await ask(path, app.liveKey, body)).toEqual({ status: 400, code: 'invalid_value' })
  })

  test.each(routes)('before a large body at $path is parsed', async ({ path, model }) => {
    const body = `{"model":"${model}","text":"${text}","broken":}`
    expect(await ask(path, app.testKey, body)).toEqual({ status: 403, code: 'model_not_allowed' })
    expect(await ask(path, app.liveKey, body)).toEqual({ status: 400, code: 'invalid_json' })
  })

  test.each(routes)('as of a model that does not exist, at $path', async ({ path }) => {
    const body = `{"model":"nobody/knows","text":"${text}","broken":}`
    expect(await ask(path, app.liveKey, body)).toEqual({ status: 404, code: 'model_not_found' })
  })
})

const list = (count: number, item: string): string => `[${`${item},`.repeat(count - 1)}${item}]`

describe.each(['/v1/messages', '/v1/messages/count_tokens'])('a hostile body at %s is refused', (path) => {
  /** The status, and what Anthropic's API calls the error. */
  const told = async (key: string, body: string): Promise<string> => {
    const headers = { 'x-api-key': key }
    const response = await fetch(app.origin + path, { method: 'POST', headers, body })
    const { error } = (await response.json()) as { error?: { type: string } }
    return `${response.status} ${error?.type}`
  }

  test('before it is parsed, of a key that may not use the model', async () => {
    const body = `{"model":"mine/chat","text":"${text}","broken":}`
    expect(await told(app.testKey, body)).toBe('403 permission_error')
    expect(await told(app.liveKey, body)).toBe('400 invalid_request_error')
  })

  test.each([
    { what: 'messages by the hundred thousand', body: `"messages":${list(8e5, '{"role":"user","content":""}')}` },
    { what: 'a field twice', body: '"messages":[{"role":"user","content":"Hi"}],"model":"speka/sandbox"' },
    { what: 'no messages', body: '"messages":[]' },
    { what: 'messages that are none', body: '"messages":[7]' },
    { what: 'a depth of ten thousand', body: `"messages":${'['.repeat(10_000)}${']'.repeat(10_000)}` },
    { what: 'a key of the prototype', body: '"messages":[{"role":"user","content":"Hi"}],"__proto__":{}' },
  ])('that has $what', async ({ body }) => {
    expect(await told(app.liveKey, `{"model":"speka/sandbox","max_tokens":9,${body}}`)).toBe(
      '400 invalid_request_error',
    )
  })
})

describe('a body that would take long to read is refused', () => {
  const message = '{"role":"user","content":""}'
  const value = 'invalid_value'

  test.each([
    { what: 'messages', path: '/v1/chat/completions', body: `"messages":${list(10_001, message)}`, code: value },
    {
      what: 'messages by the hundred thousand',
      path: '/v1/chat/completions',
      body: `"messages":${list(8e5, message)}`,
    },
    { what: 'empty arrays', path: '/v1/chat/completions', body: `"messages":[${message}],"x":${list(5e6, '[]')}` },
    { what: 'input items', path: '/v1/responses', body: `"input":${list(10_001, message)}`, code: value },
    { what: 'input items by the hundred thousand', path: '/v1/responses', body: `"input":${list(5e5, message)}` },
    { what: 'texts', path: '/v1/embeddings', body: `"input":${list(1e6, '"a"')}` },
    { what: 'tokens', path: '/v1/embeddings', body: `"input":${list(2e6, '7')}` },
    { what: 'tokens', path: '/v1/completions', body: `"prompt":${list(2e6, '7')}` },
  ])('with too many $what at $path', async ({ path, body, code = 'invalid_json' }) => {
    const answer = await ask(path, app.liveKey, `{"model":"speka/sandbox",${body}}`)
    expect(answer).toEqual({ status: 400, code })
  })
})

test('a conversation of ten thousand messages is answered', async () => {
  const messages = Array.from({ length: 10_000 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: [{ type: 'text', text: 'Hello!' }],
  }))
  expect(await ask('/v1/chat/completions', app.liveKey, { model: 'speka/sandbox', messages })).toMatchObject({
    status: 200,
  })
})
