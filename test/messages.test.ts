import { json, startScriptedUpstream, stream, type ScriptedUpstream } from './support/scripted-upstream.ts'
import { startApp, type StartedApp } from './support/start-app.ts'

const request = { model: 'speka/sandbox', max_tokens: 100, messages: [{ role: 'user', content: 'Say hello.' }] }

let upstream: ScriptedUpstream
let app: StartedApp

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  app = await startApp({
    providers: {
      anthropic: { type: 'anthropic', base_url: upstream.baseURL, api_key: 'k' },
      chat: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' },
    },
    models: {
      'claude-*': { targets: [{ provider: 'anthropic' }], price: { input: '1', output: '1' } },
      'chat-*': { targets: [{ provider: 'chat' }], price: { input: '1', output: '1' } },
    },
  })
})

afterAll(async () => {
  await app?.close()
  await upstream?.close()
})

interface Asked {
  readonly path?: string
  readonly headers?: Record<string, string>
}

const ask = (body: object, { path = '/v1/messages', headers }: Asked = {}): Promise<Response> =>
  fetch(app.origin + path, {
    method: 'POST',
    headers: { 'x-api-key': app.liveKey, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

const message = {
  id: 'msg_up',
  type: 'message',
  role: 'assistant',
  model: 'claude-up',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 2 },
}

test.each(['/v1/messages', '/v1/messages?beta=true', '/anthropic/v1/messages', '/anthropic/v1/messages?beta=true'])(
  'a message is answered at %s, in its own shape, and recorded as one',
  async (path) => {
    const response = await ask(request, { path })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    expect(await response.json()).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'speka/sandbox',
      content: [{ type: 'text', text: expect.stringContaining('Say hello.') }],
      stop_reason: 'end_turn',
    })
    expect(app.settled.at(-1)).toMatchObject({ endpoint: 'messages', outcome: 'complete' })
  },
)

test('an Anthropic target gets the body as it came, with the version and the betas that the caller asks for', async () => {
  upstream.on('claude-up', json(message))
  upstream.clear()
  const headers = { 'anthropic-version': '2024-01-01', 'anthropic-beta': 'a-2025-01-01,nobody-knows-2026-01-01' }
  const body = { ...request, model: 'claude-up', of_tomorrow: { deep: [1] } }
  const response = await ask(body, { headers })
  expect(await response.json()).toMatchObject({ id: 'msg_up', content: message.content, model: 'claude-up' })
  expect(upstream.seen[0]).toMatchObject({ path: '/v1/messages', headers: { 'x-api-key': 'k', ...headers } })
  expect(upstream.seen[0]?.body).toBe(JSON.stringify(body))
})

test('what only Anthropic knows of betas is named to who is answered by another', async () => {
  upstream.on('chat-beta', stream(['Hi']))
  const headers = { 'anthropic-beta': 'context-1m-2025-08-07, nobody-knows-2026-01-01' }
  const response = await ask({ ...request, model: 'chat-beta', stream: true, top_k: 3 }, { headers })
  await response.text()
  expect(response.headers.get('x-speka-dropped-params')).toBe(
    'top_k, anthropic-beta: context-1m-2025-08-07, anthropic-beta: nobody-knows-2026-01-01',
  )
  expect(Object.keys(upstream.seen.at(-1)?.headers ?? {})).not.toContain('anthropic-beta')
})

test('any other target is asked as chat, and its words come as events of a message', async () => {
  upstream.on('chat-up', stream(['Hi']))
  const response = await ask({ ...request, model: 'chat-up', stream: true })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const types = [...(await response.text()).matchAll(/^event: (.*)$/gm)].map(([, type]) => type)
  expect(types).toEqual([
    'message_start',
    'ping',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ])
})

test('a session that its header names is on record, and one that the body names goes before it', async () => {
  const headers = { 'x-claude-code-session-id': 'of-the-header' }
  await (await ask(request, { headers })).text()
  expect(app.settled.at(-1)).toMatchObject({ session: 'of-the-header' })
  await (await ask({ ...request, session_id: 'of-the-body' }, { headers })).text()
  expect(app.settled.at(-1)).toMatchObject({ session: 'of-the-body' })
})

test('the key may come as a bearer as well, but not as another one', async () => {
  const bearer = { authorization: `Bearer ${app.liveKey}` }
  expect((await ask(request, { headers: { ...bearer, 'x-api-key': '' } })).status).toBe(200)
  expect((await ask(request, { headers: bearer })).status).toBe(200)
  expect((await ask(request, { headers: { authorization: `Bearer ${app.testKey}` } })).status).toBe(401)
})

const models = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(app.origin + path, { headers: { authorization: `Bearer ${app.liveKey}`, ...headers } })

test('models are listed in the shape of whose client asks', async () => {
  const version = { 'anthropic-version': '2023-06-01' }
  const openai = await models('/v1/models')
  const anthropic = await models('/v1/models?limit=1000', version)
  const below = await models('/anthropic/v1/models?limit=1000')
  const list = (await anthropic.json()) as { data: { id: string; type: string }[]; has_more: boolean }
  const { data } = (await openai.json()) as { data: { id: string; endpoints: string[]; object: string }[] }
  expect(list.data.map(({ id }) => id)).toEqual(
    data.filter(({ endpoints }) => endpoints.includes('chat')).map(({ id }) => id),
  )
  expect([list.has_more, list.data[0]?.type, data[0]?.object]).toEqual([false, 'model', 'model'])
  expect(await below.json()).toEqual(list)
  expect(anthropic.headers.get('request-id')).toBe(anthropic.headers.get('x-request-id'))
})

test.each(['/v1/models/speka/sandbox', '/anthropic/v1/models/speka%2Fsandbox'])(
  'one model is shown at %s',
  async (path) => {
    const response = await models(path, { 'anthropic-version': '2023-06-01' })
    expect(await response.json()).toMatchObject({ type: 'model', id: 'speka/sandbox' })
    expect(response.headers.get('request-id')).toBe(response.headers.get('x-request-id'))
  },
)

test('whoever warms up a connection is greeted, without a key or a record', async () => {
  const before = app.settled.length
  for (const method of ['HEAD', 'GET']) {
    const response = await fetch(`${app.origin}/api/hello`, { method })
    expect(response.status).toBe(200)
  }
  expect(app.settled).toHaveLength(before)
})
