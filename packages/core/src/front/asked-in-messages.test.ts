import {
  completion,
  createFakeTransport,
  event,
  json,
  saying,
  stream,
  word,
  type ReplyScript,
} from '../attempt/transport.fake.ts'
import type { GatewayConfig } from '../config.ts'
import { assembleGateway } from '../gateway.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'

const config: GatewayConfig = {
  providers: {
    anthropic: { type: 'anthropic', base_url: 'http://anthropic/v1', api_key: 'k' },
    chat: { type: 'openai-compatible', base_url: 'http://chat/v1' },
  },
  models: {
    claude: { targets: [{ provider: 'anthropic', model: 'claude-opus-4-5' }] },
    chat: { targets: [{ provider: 'chat', model: 'up' }], price: { input: '1', output: '2' } },
  },
}

const said = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-4-5',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 5 },
}
const messages = [{ role: 'user', content: 'Hello' }]
const version = { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'context-1m-2025-08-07' }

function open(script: readonly ReplyScript[], more: Partial<GatewayConfig> = {}) {
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, script)
  const records: UsageRecord[] = []
  const onUsage = (record: UsageRecord): void => void records.push(record)
  const gateway = assembleGateway({ config: { ...config, ...more }, transport, clock, random: () => 0.5, onUsage })
  const post = async (path: string, request: object): Promise<Response> => {
    const init = { method: 'POST', headers: version, body: JSON.stringify({ messages, ...request }) }
    const answer = gateway.fetch(`https://anything.example${path}`, init)
    await clock.advance(700_000)
    return answer
  }
  const get = (path: string, headers = {}) => gateway.fetch(`https://anything.example${path}`, { headers })
  return { post, get, sent: transport.sent, records }
}

const asked = { model: 'chat', max_tokens: 100 }

describe('a message', () => {
  test.each(['/v1/messages', '/v1/messages?beta=true', '/anthropic/v1/messages', '/messages'])(
    'asked for at %s is made of chat, and recorded',
    async (path) => {
      const { post, sent, records } = open([json(200, completion('Hi'))])
      const answer = await post(path, asked)
      expect(await answer.json()).toMatchObject({ type: 'message', model: 'chat', content: [{ text: 'Hi' }] })
      expect(answer.headers.get('request-id')).toBe(answer.headers.get('x-request-id'))
      expect(answer.headers.get('x-speka-dropped-params')).toBe('anthropic-beta: context-1m-2025-08-07')
      expect(sent[0]?.path).toBe('/chat/completions')
      expect(records[0]).toMatchObject({ endpoint: 'messages', outcome: 'complete' })
    },
  )

  test('goes to Anthropic in the words and headers of its caller', async () => {
    const { post, sent } = open([json(200, said)])
    const answer = await post('/v1/messages', { model: 'claude', max_tokens: 100 })
    expect(await answer.json()).toMatchObject({ id: 'msg_1', content: said.content })
    expect(sent[0]).toMatchObject({ path: '/messages', headers: version })
  })

  test.each([
    ['/v1/messages', { max_tokens: 200 }],
    ['/v1/responses', { messages: undefined, input: 'Hello' }],
  ])(
    'of a hundred words whose end tells no count is counted here and marked, asked for at %s',
    async (path, request) => {
      const delta = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi ' } }
      const { post, records } = open([
        stream([
          event({
            type: 'message_start',
            message: { ...said, content: [], usage: { input_tokens: 9, output_tokens: 1 } },
          }),
          event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
          ...Array.from({ length: 100 }, () => event(delta)),
          event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 0 } }),
          event({ type: 'message_stop' }),
        ]),
      ])
      const answer = await post(path, { model: 'claude', stream: true, ...request })
      const text = await answer.text()
      expect(records[0]?.usage).toMatchObject({ inputTokens: 9, outputTokens: 100, estimated: true })
      expect(text).toMatch(/"output_tokens":100\b[^\n]*"estimated":true/)
      expect(text).not.toContain('"output_tokens":0')
    },
  )

  test('without a count is counted here and marked', async () => {
    const { post, records } = open([json(200, { ...said, usage: { input_tokens: 9, output_tokens: 0 } })])
    const answer = await post('/v1/messages', { model: 'claude', max_tokens: 100 })
    expect(records[0]?.usage).toMatchObject({ inputTokens: 9, outputTokens: 1, estimated: true })
    expect(await answer.json()).toMatchObject({ usage: { input_tokens: 9, output_tokens: 1, estimated: true } })
  })

  test('comes in events of its own', async () => {
    const { post } = open([stream(saying('Hello', ' you'))])
    const answer = await post('/v1/messages', { ...asked, stream: true })
    expect(answer.headers.get('content-type')).toMatch(/event-stream/)
    const text = await answer.text()
    expect(text).toMatch(/^event: message_start\n/)
    expect(text).toMatch(/event: message_stop\ndata: .*\n\n$/)
  })

  test('that breaks ends with an error, and not with its last event', async () => {
    const { post } = open([stream([word('Hello')])])
    const text = await (await post('/v1/messages', { ...asked, stream: true })).text()
    expect(text).toMatch(/event: error\ndata: \{"type":"error".*\n\n$/)
    expect(text).not.toContain('message_stop')
  })

  test("has broken off where Claude's last event comes without a reason why it ended", async () => {
    const { post, records } = open([
      stream(
        [
          { type: 'message_start', message: { ...said, content: [] } },
          { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
          { type: 'message_stop' },
        ].map(event),
      ),
    ])
    const text = await (await post('/v1/messages', { model: 'claude', max_tokens: 100, stream: true })).text()
    expect(text).toMatch(/event: error\ndata: .*\n\n$/)
    expect(text).not.toContain('message_stop')
    expect(records[0]).toMatchObject({ outcome: 'interrupted', charge: 0n })
  })

  test('is put to other models as the configuration says', async () => {
    const tools = [{ type: 'web_search_20250305', name: 'web_search' }]
    const refused = await open([]).post('/v1/messages', { ...asked, tools })
    expect(refused.status).toBe(400)
    const script = [json(200, completion('Hi'))]
    const taken = await open(script, { messages: { server_tools: 'leave_out' } }).post('/v1/messages', {
      ...asked,
      tools,
    })
    expect(taken.status).toBe(200)
  })
})

describe('models', () => {
  test.each(['/v1/models?limit=1000', '/models', '/anthropic/v1/models'])(
    "are listed at %s in Anthropic's shape for whoever sends its version",
    async (path) => {
      const answer = await open([]).get(path, version)
      const { data, ...page } = (await answer.json()) as { data: readonly object[] }
      expect(data).toContainEqual(expect.objectContaining({ type: 'model', id: 'claude', display_name: 'claude' }))
      expect(page).toMatchObject({ has_more: false })
      expect(answer.headers.get('request-id')).toBe(answer.headers.get('x-request-id'))
    },
  )

  test("are listed in OpenAI's shape for anybody else", async () => {
    expect(await (await open([]).get('/v1/models')).json()).toMatchObject({ object: 'list' })
  })

  test.each(['claude', 'speka/sandbox', 'speka%2Fsandbox'])('are shown one by one: %s', async (id) => {
    const answer = await open([]).get(`/v1/models/${id}`, version)
    expect(await answer.json()).toMatchObject({ type: 'model', id: decodeURIComponent(id) })
  })

  test.each([
    ['/v1/models/none', 404, 'not_found_error'],
    ['/v1/models?limit=0', 400, 'invalid_request_error'],
  ])("are refused in Anthropic's words: %s", async (path, status, type) => {
    const answer = await open([]).get(path, version)
    expect([answer.status, await answer.json()]).toMatchObject([status, { type: 'error', error: { type } }])
  })
})

/** As often as it is asked. */
const overloaded = Array.from({ length: 4 }, () => json(503, {}))

describe('an error', () => {
  test.each([
    {
      what: 'a request that makes no sense',
      script: [],
      request: { model: 'chat' },
      status: 400,
      type: 'invalid_request_error',
    },
    { what: 'no such model', script: [], request: { ...asked, model: 'none' }, status: 404, type: 'not_found_error' },
    { what: 'an overloaded upstream', script: overloaded, request: asked, status: 529, type: 'overloaded_error' },
    {
      what: 'a stream that fails at once',
      script: [stream([event({ error: { message: 'no' } })])],
      request: { ...asked, stream: true },
      status: 502,
      type: 'api_error',
    },
  ])("is told in Anthropic's words: $what", async ({ script, request, status, type }) => {
    const answer = await open(script).post('/v1/messages', request)
    expect(answer.status).toBe(status)
    const id = answer.headers.get('request-id')
    expect(id).toEqual(expect.any(String))
    expect(await answer.json()).toMatchObject({ type: 'error', error: { type }, request_id: id })
  })

  test("is told so as well where there is nothing, and in OpenAI's words at a path of theirs", async () => {
    const { post } = open([])
    expect(await (await post('/v1/messages/batches', {})).json()).toMatchObject({ type: 'error' })
    expect(await (await post('/v1/threads/thread_1/messages', {})).json()).toMatchObject({
      error: { code: 'unknown_url' },
    })
  })
})

describe('tokens', () => {
  test('are counted by who would answer, without a record', async () => {
    const { post, sent, records } = open([json(200, { input_tokens: 14 })])
    const answer = await post('/v1/messages/count_tokens', { model: 'claude' })
    expect(await answer.json()).toEqual({ input_tokens: 14 })
    expect(answer.headers.get('x-speka-estimated')).toBeNull()
    expect(sent[0]).toMatchObject({ path: '/messages/count_tokens', headers: version })
    expect(records).toEqual([])
  })

  test('are estimated where nobody counts them, which is said', async () => {
    const { post, sent } = open([])
    const answer = await post('/v1/messages/count_tokens', { model: 'chat' })
    expect(await answer.json()).toEqual({ input_tokens: expect.any(Number) })
    expect(answer.headers.get('x-speka-estimated')).toBe('true')
    expect(sent).toEqual([])
  })
})
