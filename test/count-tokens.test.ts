import { json, startScriptedUpstream, whole, type Script, type ScriptedUpstream } from './support/scripted-upstream.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

let upstream: ScriptedUpstream
let app: StartedApp

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  app = await startApp({
    providers: {
      anthropic: { type: 'anthropic', base_url: upstream.baseURL, api_key: 'a-secret-of-ours' },
      chat: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' },
    },
    models: {
      'claude-*': { targets: [{ provider: 'anthropic' }], price: { input: '1', output: '1' } },
      renamed: { targets: [{ provider: 'anthropic', model: 'claude-told' }], price: { input: '1', output: '1' } },
      'chat-*': { targets: [{ provider: 'chat' }], price: { input: '1', output: '1' } },
    },
  })
})

beforeEach(() => upstream.clear())

afterAll(async () => {
  // What is only counted is no answer: it has no record, and costs nothing.
  expect(app.settled).toEqual([])
  await app?.close()
  await upstream?.close()
})

const request = (model: string) => ({ model, messages: [{ role: 'user', content: 'How many are these?' }] })

const count = (
  body: object,
  headers: Record<string, string> = {},
  path = '/v1/messages/count_tokens',
): Promise<Response> =>
  fetch(app.origin + path, {
    method: 'POST',
    headers: { 'x-api-key': app.liveKey, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

const headersOf = ({ headers }: Response) => ({
  provider: headers.get('x-speka-provider'),
  estimated: headers.get('x-speka-estimated'),
})

test.each(['/v1/messages/count_tokens?beta=true', '/anthropic/v1/messages/count_tokens'])(
  'at %s Anthropic is asked with the caller’s own body and betas, and what it says is told as it is',
  async (path) => {
    const told = '{"input_tokens": 2095, "context_management": {"original_input_tokens": 9000}}'
    upstream.on('claude-told', whole(told, 200, { 'content-type': 'application/json' }))
    const body = { ...request('claude-told'), of_tomorrow: [1], cache_control: { type: 'ephemeral' } }
    const headers = { 'anthropic-version': '2024-01-01', 'anthropic-beta': 'token-counting-2024-11-01' }
    const response = await count(body, headers, path)
    expect([response.status, await response.text()]).toEqual([200, told])
    expect(headersOf(response)).toEqual({ provider: 'anthropic', estimated: null })
    expect(response.headers.get('request-id')).toBe(response.headers.get('x-request-id'))
    expect(upstream.seen).toHaveLength(1)
    expect(upstream.seen[0]).toMatchObject({ path: '/v1/messages/count_tokens', headers, body: JSON.stringify(body) })
  },
)

test('Anthropic is asked for the model by its own name for it', async () => {
  upstream.on('claude-told', json({ input_tokens: 7 }))
  expect(await (await count(request('renamed'))).json()).toEqual({ input_tokens: 7 })
  expect(JSON.parse(upstream.seen[0]?.body ?? '')).toEqual(request('claude-told'))
})

test('whoever cannot be asked is not, and what is estimated says so', async () => {
  const response = await count(request('chat-m'))
  expect(headersOf(response)).toEqual({ provider: 'chat', estimated: 'true' })
  const { input_tokens: tokens } = (await response.json()) as { input_tokens: number }
  // "How many are these?" is five, and marks stand around it.
  expect(tokens).toBeGreaterThan(10)
  expect(tokens).toBeLessThan(250)
  expect(upstream.seen).toEqual([])
})

test.each<{ what: string; script: Script }>([
  { what: 'has an error', script: json({}, 500) },
  { what: 'is overloaded', script: json({}, 529) },
  { what: 'limits the rate', script: json({}, 429) },
  { what: 'does not know the question', script: json({}, 404) },
  { what: 'tells no number', script: json({ tokens: 3 }) },
  { what: 'tells no JSON', script: whole('<html>') },
  { what: 'breaks off', script: ['reset'] },
])('where Anthropic $what there is an estimate', async ({ script }) => {
  upstream.on('claude-fails', script)
  const response = await count(request('claude-fails'))
  expect([response.status, headersOf(response).estimated]).toEqual([200, 'true'])
})

test('what Anthropic says against the request is told, and nothing of our key', async () => {
  const message = 'messages.0: too strange, a-secret-of-ours'
  upstream.on('claude-refuses', json({ type: 'error', error: { type: 'invalid_request_error', message } }, 400))
  const response = await count(request('claude-refuses'))
  const body = await response.text()
  expect([response.status, JSON.parse(body)]).toMatchObject([400, { error: { type: 'invalid_request_error' } }])
  expect(body).toContain('too strange')
  expect(body).not.toContain('a-secret-of-ours')
})

test.each([
  { what: 'no model', body: { messages: [] }, status: 400, type: 'invalid_request_error' },
  { what: 'no messages', body: { model: 'chat-m' }, status: 400, type: 'invalid_request_error' },
  { what: 'no known model', body: request('nobody'), status: 404, type: 'not_found_error' },
])('$what is told in the envelope of Anthropic', async ({ body, status, type }) => {
  const response = await count(body)
  expect([response.status, await response.json()]).toMatchObject([status, { type: 'error', error: { type } }])
})

test('a key may count for the models that it may use, and for no other', async () => {
  const response = await count(request('claude-told'), { 'x-api-key': app.testKey })
  expect([response.status, await response.json()]).toMatchObject([403, { error: { type: 'permission_error' } }])
  expect(upstream.seen).toEqual([])
})
