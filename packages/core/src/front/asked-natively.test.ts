import { completion, createFakeTransport, json, type ReplyScript } from '../attempt/transport.fake.ts'
import type { GatewayConfig } from '../config.ts'
import { createEngine } from '../create-engine.ts'
import { readMessages } from '../dialects/messages/messages.ts'
import { assembleGateway } from '../gateway.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import { mintRequestId } from '../uuid.ts'
import { interpret } from './in-dialect.ts'

const config: GatewayConfig = {
  providers: {
    openai: { type: 'openai', base_url: 'http://openai/v1', api_key: 'k' },
    anthropic: { type: 'anthropic', base_url: 'http://anthropic/v1', api_key: 'k' },
    chat: { type: 'openai-compatible', base_url: 'http://chat/v1' },
    xai: { type: 'xai', base_url: 'http://xai/v1', api_key: 'k' },
  },
  models: {
    both: {
      targets: [
        { provider: 'chat', model: 'up' },
        { provider: 'openai', model: 'gpt-5.6' },
      ],
    },
    chat: { targets: [{ provider: 'chat', model: 'up' }] },
    grok: { targets: [{ provider: 'xai', model: 'grok-4.3' }] },
    claude: { targets: [{ provider: 'anthropic', model: 'claude-opus-4-5' }] },
  },
}

const search = { tools: [{ type: 'web_search' }] }
const response = {
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  model: 'gpt-5.6',
  output: [
    { id: 'ws_1', type: 'web_search_call', status: 'completed' },
    {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Hi', annotations: [] }],
    },
  ],
  usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
}

function open(script: readonly ReplyScript[]) {
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, script)
  const records: UsageRecord[] = []
  const onUsage = (record: UsageRecord): void => void records.push(record)
  const gateway = assembleGateway({ config, transport, clock, random: () => 0.5, onUsage })
  const post = async (request: object): Promise<Response> => {
    const answer = gateway.fetch('http://here/v1/responses', { method: 'POST', body: JSON.stringify(request) })
    await clock.advance(700_000)
    return answer
  }
  return { post, sent: transport.sent, records }
}

describe('a response with a tool that the provider runs', () => {
  test('is asked of the target that has it, past those that do not', async () => {
    const { post, sent, records } = open([json(200, response)])
    const answer = await post({ model: 'both', input: 'Hi', ...search })
    expect(sent.map(({ path }) => path)).toEqual(['/responses'])
    expect(sent[0]?.body).toEqual({ model: 'gpt-5.6', input: 'Hi', ...search })
    expect(await answer.json()).toMatchObject({ ...response, model: 'both' })
    expect(records[0]).toMatchObject({ endpoint: 'responses', provider: 'openai', outcome: 'complete' })
  })

  test('goes through to xAI, whose responses are the same', async () => {
    const { post, sent, records } = open([json(200, { ...response, model: 'grok-4.3' })])
    const asked = { input: 'Hi', tools: [{ type: 'x_search' }], text: { format: { type: 'json_object' } } }
    const answer = await post({ model: 'grok', ...asked })
    expect([sent[0]?.path, sent[0]?.body]).toEqual(['/responses', { model: 'grok-4.3', ...asked }])
    expect(await answer.json()).toMatchObject({ output: response.output, model: 'grok' })
    expect(records[0]).toMatchObject({ endpoint: 'responses', provider: 'xai', outcome: 'complete' })
  })

  test('is refused by name where no target has it', async () => {
    const { post, sent } = open([])
    const answer = await post({ model: 'chat', input: 'Hi', ...search })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { code: 'unsupported_parameter', param: 'tools[0].type' } })
    expect(sent).toEqual([])
  })
})

test('what chat has no word for is named in a header, by the target that is asked in chat alone', async () => {
  const request = { model: 'both', input: 'Hi', include: ['reasoning.encrypted_content'] }
  const inChat = open([json(200, completion('Hi'))])
  expect((await inChat.post(request)).headers.get('x-speka-dropped-params')).toBe('include')
  const fallback = open([json(503, {}), json(200, response)])
  expect((await fallback.post(request)).headers.get('x-speka-dropped-params')).toBeNull()
})

test('a target that is asked in chat is passed over when a parameter is required that chat has no word for', async () => {
  const { post, sent } = open([json(200, response)])
  await post({ model: 'both', input: 'Hi', max_tool_calls: 2, provider: { require_parameters: true } })
  expect(sent.map(({ path }) => path)).toEqual(['/responses'])
})

test.each([
  ['background', true],
  ['previous_response_id', 'resp_1'],
  ['conversation', 'conv_1'],
])('%s is refused by name, whoever would answer', async (param, value) => {
  const { post, sent } = open([])
  const answer = await post({ model: 'both', input: 'Hi', [param]: value })
  expect(await answer.json()).toMatchObject({ error: { code: 'unsupported_parameter', param } })
  expect(sent).toEqual([])
})

test('Anthropic is told the version and the betas that the caller has named', async () => {
  const clock = createFakeClock()
  const message = { id: 'msg_1', type: 'message', role: 'assistant', content: [], stop_reason: 'end_turn' }
  const transport = createFakeTransport(clock, [
    json(200, { ...message, usage: { input_tokens: 1, output_tokens: 1 } }),
  ])
  const engine = createEngine({ config, instanceId: 'here', transport, clock, random: () => 0.5 })
  const body = Buffer.from('{"model":"claude","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}')
  const facts = { id: mintRequestId(clock.now()), receivedAt: clock.now() }
  const headers = { 'anthropic-version': '2025-01-01', 'anthropic-beta': 'context-1m-2025-08-07' }
  const [asked, call] = interpret(engine, readMessages(body, facts, { headers }))
  asked.start(call, {
    commit: nothing,
    write: () => true,
    settle: nothing,
    finish: nothing,
    fail: nothing,
    refuse: nothing,
  })
  await clock.advance(1000)
  expect(transport.sent[0]?.headers).toMatchObject(headers)
})

function nothing(): void {
  // Only what was sent is looked at.
}
