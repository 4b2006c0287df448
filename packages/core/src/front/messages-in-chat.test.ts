import { createFakeTransport, json, type ReplyScript } from '../attempt/transport.fake.ts'
import type { GatewayConfig, ProviderConfig } from '../config.ts'
import { createEngine } from '../create-engine.ts'
import { readMessages } from '../dialects/messages/messages.ts'
import { withFields } from '../layers/with-fields.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { ChatCall } from '../operations/chat/chat-call.ts'
import { createFakeClock } from '../sandbox/clock.fake.ts'
import type { Bytes } from '../transport.ts'
import { mintRequestId } from '../uuid.ts'
import type { SpekaError } from '../errors.ts'
import { interpret } from './in-dialect.ts'

const place = (type: ProviderConfig['type'], name: string = type): ProviderConfig => ({
  type,
  base_url: `http://${name}/v1`,
  api_key: 'k',
})

const config: GatewayConfig = {
  providers: {
    anthropic: place('anthropic'),
    openai: place('openai'),
    openrouter: place('openrouter'),
    gemini: place('gemini'),
    deepseek: place('deepseek'),
    vllm: place('vllm'),
    mistral: place('mistral'),
    other: place('openai-compatible', 'other'),
  },
  models: {
    old: { targets: [{ provider: 'anthropic', model: 'claude-opus-4-5' }] },
    new: { targets: [{ provider: 'anthropic', model: 'claude-opus-4-6' }] },
    both: {
      targets: [
        { provider: 'anthropic', model: 'claude-opus-4-6' },
        { provider: 'other', model: 'up' },
      ],
    },
    openai: { targets: [{ provider: 'openai', model: 'gpt-5.1-codex' }] },
    openrouter: { targets: [{ provider: 'openrouter', model: 'anthropic/claude-opus-4.5' }] },
    'new through others': { targets: [{ provider: 'openrouter', model: 'anthropic/claude-opus-4.6' }] },
    'said to refuse': {
      targets: [
        { provider: 'vllm', model: 'up' },
        { provider: 'other', model: 'up' },
      ],
      prefill: false,
    },
    'said to take': { targets: [{ provider: 'anthropic', model: 'claude-of-ours' }], prefill: true },
    gemini: { targets: [{ provider: 'gemini', model: 'gemini-3-pro' }] },
    deepseek: { targets: [{ provider: 'deepseek', model: 'deepseek-v4' }] },
    vllm: { targets: [{ provider: 'vllm', model: 'up' }] },
    mistral: { targets: [{ provider: 'mistral', model: 'mistral-large-2512' }] },
    other: { targets: [{ provider: 'other', model: 'up' }] },
    two: {
      targets: [
        { provider: 'other', model: 'up' },
        { provider: 'vllm', model: 'up' },
      ],
    },
  },
}

interface Answered {
  /** What was sent upstream, parsed. */
  readonly sent: readonly Readonly<Record<string, unknown>>[]
  readonly body: Readonly<Record<string, unknown>>
  readonly dropped: readonly string[]
  readonly refused: SpekaError | undefined
  readonly records: readonly UsageRecord[]
}

async function ask(
  request: object,
  script: readonly ReplyScript[] = [saying({ content: 'Hi' })],
  change: (call: ChatCall) => ChatCall = (call) => call,
): Promise<Answered> {
  const clock = createFakeClock()
  const transport = createFakeTransport(clock, script)
  const engine = createEngine({ config, instanceId: 'here', transport, clock, random: () => 0.5 })
  const facts = { id: mintRequestId(clock.now()), receivedAt: clock.now() }
  const body = Buffer.from(JSON.stringify({ max_tokens: 50, ...request }))
  const [asked, call] = interpret(engine, readMessages(body, facts))
  let told: readonly Bytes[] = []
  let dropped: readonly string[] = []
  let refused: SpekaError | undefined
  const records: UsageRecord[] = []
  asked.start(change(call as ChatCall), {
    commit: ({ droppedParams }) => void (dropped = droppedParams ?? []),
    write: () => true,
    settle: (record) => void records.push(record),
    finish: (tail) => void (told = tail),
    fail: (error) => void (refused = error),
    refuse: (error) => void (refused = error),
  })
  await clock.advance(700_000)
  const text = Buffer.concat(told).toString()
  return {
    sent: transport.sent.map((each) => each.body),
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    dropped,
    refused,
    records,
  }
}

/** A chat completion that says `message`. */
function saying(message: object): ReplyScript {
  const told = { role: 'assistant', content: null, refusal: null, ...message }
  const finish = 'tool_calls' in message ? 'tool_calls' : 'stop'
  return json(200, {
    id: 'up-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'up',
    choices: [{ index: 0, message: told, logprobs: null, finish_reason: finish }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  })
}

/** A list of the first request that was sent. */
function listIn({ sent }: Pick<Answered, 'sent'>, field: string): Readonly<Record<string, unknown>>[] {
  const list = sent[0]?.[field]
  return Array.isArray(list) ? list : []
}

const hi = { role: 'user', content: 'Hi' }
const called = (name: string, id = 'toolu_1') => ({
  role: 'assistant',
  content: [{ type: 'tool_use', id, name, input: { a: 1 } }],
})
const gave = (content: unknown, more: object = {}) => ({
  role: 'user',
  content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content, ...more }],
})
const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } }
const url = 'data:image/png;base64,iVBORw0KGgo='
const anthropicAnswer = json(200, {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1 },
})
const geminiAnswer = json(200, {
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 },
})
const responsesAnswer = json(200, {
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  output: [{ id: 'm', type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }] }],
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
})

describe('marks of the cache', () => {
  const mark = { cache_control: { type: 'ephemeral', ttl: '1h' } }
  const marked = {
    system: [
      { type: 'text', text: 'Be brief.' },
      { type: 'text', text: 'Be kind.', ...mark },
    ],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi', ...mark }] }],
    tools: [{ name: 'f', input_schema: { type: 'object' }, ...mark }],
  }

  test('stay where they are for a target that knows them', async () => {
    const { sent, dropped } = await ask({ model: 'openrouter', ...marked })
    expect(sent[0]).toMatchObject({
      messages: [
        { role: 'system', content: marked.system },
        { role: 'user', content: [{ type: 'text', text: 'Hi', ...mark }] },
      ],
      tools: [{ type: 'function', ...mark }],
    })
    expect(dropped).toEqual([])
  })

  test('are left out and named for any other', async () => {
    const { sent, dropped } = await ask({ model: 'other', ...marked })
    expect(JSON.stringify(sent)).not.toContain('cache_control')
    expect(sent[0]).toMatchObject({ messages: [{ role: 'system', content: 'Be brief.\n\nBe kind.' }, hi] })
    expect(dropped).toEqual(['messages.cache_control'])
  })
})

describe('a picture that a tool gives', () => {
  const messages = [
    hi,
    called('look'),
    {
      role: 'user',
      content: [...gave([{ type: 'text', text: 'Seen.' }, picture]).content, { type: 'text', text: 'What is it?' }],
    },
  ]

  test('comes from the user where results of tools are words', async () => {
    const { sent } = await ask({ model: 'other', messages })
    expect(listIn({ sent }, 'messages').slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'toolu_1', content: 'Seen.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'From the tool call toolu_1:' },
          { type: 'image_url', image_url: { url } },
          { type: 'text', text: 'What is it?' },
        ],
      },
    ])
  })

  test('comes behind the results of all tools, which follow their calls', async () => {
    const both = {
      role: 'assistant',
      content: [...called('f').content, ...called('g', 'toolu_2').content],
    }
    const results = [
      ...gave([picture]).content,
      { type: 'tool_result', tool_use_id: 'toolu_2', content: 'Two.', is_error: true },
    ]
    const { sent, dropped } = await ask({ model: 'other', messages: [hi, both, { role: 'user', content: results }] })
    expect(listIn({ sent }, 'messages').map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool', 'user'])
    expect(dropped).toEqual(['messages.is_error'])
  })

  test('is the result of the tool where that may be one', async () => {
    const { sent } = await ask({ model: 'gemini', messages }, [geminiAnswer])
    const [, , given] = listIn({ sent }, 'contents')
    expect(given?.['parts']).toEqual([
      { functionResponse: { id: 'toolu_1', name: 'look', response: { output: 'Seen.' } } },
      { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } },
      { text: 'What is it?' },
    ])
  })

  test('a failure that says nothing is told in a word', async () => {
    const { sent } = await ask({ model: 'other', messages: [hi, called('f'), gave(undefined, { is_error: true })] })
    expect(listIn({ sent }, 'messages').at(-1)).toEqual({
      role: 'tool',
      tool_call_id: 'toolu_1',
      content: 'Error',
    })
  })
})

/** The answer of a provider, as the next request brings it back. */
const answered = async (model: string, reply: ReplyScript): Promise<object[]> => {
  const { body } = await ask({ model, messages: [hi] }, [reply])
  return [hi, { role: 'assistant', content: body['content'] }, gave('42')]
}

describe('what a model has thought', () => {
  const call = { id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '{}' } }
  const thinking = (more: object): ReplyScript => saying({ tool_calls: [call], ...more })
  const details = [{ type: 'reasoning.text', text: 'Hm.', format: 'anthropic-claude-v1', signature: 'Er', index: 0 }]

  test('comes back to OpenRouter as it has told it', async () => {
    const messages = await answered('openrouter', thinking({ reasoning: 'Hm.', reasoning_details: details }))
    const { sent, dropped } = await ask({ model: 'openrouter', messages })
    expect(listIn({ sent }, 'messages')[1]).toMatchObject({ reasoning_details: details, tool_calls: [call] })
    expect(dropped).toEqual([])
  })

  test('comes back to DeepSeek in words', async () => {
    const messages = await answered('deepseek', thinking({ reasoning_content: 'Hm.' }))
    const { sent, dropped } = await ask({ model: 'deepseek', messages })
    expect(listIn({ sent }, 'messages')[1]).toMatchObject({ reasoning_content: 'Hm.' })
    expect(dropped).toEqual([])
  })

  test('comes back to Gemini as the signature of a call', async () => {
    const parts = [{ functionCall: { id: 'toolu_1', name: 'f', args: {} }, thoughtSignature: 'Eg' }]
    const reply = json(200, {
      candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 },
    })
    const messages = await answered('gemini', reply)
    const { sent } = await ask({ model: 'gemini', messages }, [geminiAnswer])
    const [, made] = listIn({ sent }, 'contents')
    expect(made?.['parts']).toMatchObject([{ thoughtSignature: 'Eg' }])
  })

  test('comes back to OpenAI encrypted', async () => {
    const reply = json(200, {
      id: 'resp_1',
      object: 'response',
      status: 'completed',
      output: [
        { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: 'gAAA' },
        { id: 'fc_1', type: 'function_call', call_id: 'toolu_1', name: 'f', arguments: '{}' },
      ],
      usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
    })
    const messages = await answered('openai', reply)
    const { sent, dropped } = await ask({ model: 'openai', messages }, [responsesAnswer])
    expect(sent[0]?.['input']).toMatchObject([
      { role: 'user' },
      { type: 'reasoning', encrypted_content: 'gAAA' },
      { type: 'function_call', call_id: 'toolu_1' },
      { type: 'function_call_output' },
    ])
    expect(dropped).toEqual([])
  })

  test.each(['deepseek', 'openrouter'])(
    'of %s is left out for Anthropic, which refuses what it has not signed',
    async (by) => {
      const told = by === 'deepseek' ? { reasoning_content: 'Hm.' } : { reasoning: 'Hm.', reasoning_details: details }
      const messages = await answered(by, thinking(told))
      const { sent, dropped } = await ask({ model: 'old', messages }, [anthropicAnswer])
      expect(sent[0]?.['messages']).toEqual([
        hi,
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }] },
        gave('42'),
      ])
      expect(dropped).toEqual(['messages.thinking'])
    },
  )

  test('and Anthropic has signed is left out and named for others', async () => {
    const signed = { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' }
    const hidden = { type: 'redacted_thinking', data: 'EmwK' }
    const messages = [hi, { role: 'assistant', content: [signed, hidden, ...called('f').content] }, gave('42')]
    const { sent, dropped } = await ask({ model: 'other', messages })
    expect(JSON.stringify(sent)).not.toMatch(/Hm|EqQB|EmwK/)
    expect(dropped).toEqual(['messages.thinking'])
    expect((await ask({ model: 'old', messages }, [anthropicAnswer])).sent[0]?.['messages']).toEqual(messages)
  })
})

describe('words put into the mouth of a model', () => {
  const messages = [hi, { role: 'assistant', content: 'Once upon' }]

  test('go to one that goes on with them', async () => {
    expect((await ask({ model: 'old', messages }, [anthropicAnswer])).sent[0]).toMatchObject({ messages })
  })

  test('are refused in words where they would be, and nothing is charged', async () => {
    const { sent, refused, records } = await ask({ model: 'new', messages })
    expect(sent).toEqual([])
    expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('prefill') })
    expect(records.map(({ charge }) => charge ?? 0n)).toEqual(records.map(() => 0n))
  })

  test.each(['new through others', 'said to refuse'])('are refused so whoever serves the model: %s', async (model) => {
    const { sent, refused } = await ask({ model, messages })
    expect(sent).toEqual([])
    expect(refused).toMatchObject({ code: 'unsupported_parameter', param: 'messages' })
  })

  test('go to one that takes them by its configuration, whatever its name lets one expect', async () => {
    expect((await ask({ model: 'said to take', messages }, [anthropicAnswer])).sent[0]).toMatchObject({ messages })
  })

  test('go to the next target when the upstream alone knew that it takes none', async () => {
    const message =
      'This model does not support assistant message prefill. The conversation must end with a user message.'
    const no = json(400, { error: { type: 'invalid_request_error', message } })
    const { sent, refused } = await ask({ model: 'two', messages }, [no, saying({ content: 'Hi' })])
    expect([sent.length, refused]).toEqual([2, undefined])
  })

  test('go to the next target that may take them', async () => {
    const { sent, dropped } = await ask({ model: 'both', messages })
    expect(sent).toMatchObject([{ model: 'up', messages }])
    expect(dropped).toEqual(['messages.prefill'])
  })

  test.each([
    ['vllm', { continue_final_message: true, add_generation_prompt: false, messages }],
    ['mistral', { messages: [hi, { ...messages[1], prefix: true }] }],
  ])('are marked for %s', async (model, body) => {
    const { sent, dropped } = await ask({ model, messages })
    expect(sent).toMatchObject([body])
    expect(dropped).toEqual([])
  })
})

test('a tool with a long name is called by a shorter one, and the caller by its own', async () => {
  const names = ['x', 'y'].map((last) => `mcp__a_server_with_a_long_name__${'tool_'.repeat(12)}${last}`)
  const tools = names.map((name) => ({ name, input_schema: { type: 'object' } }))
  const asked = { model: 'other', tools, tool_choice: { type: 'tool', name: names[1] } }
  const { sent } = await ask({ ...asked, messages: [hi, called(names[0] ?? ''), gave('1')] })
  const told = listIn({ sent }, 'tools').map((tool) => (tool['function'] as { name: string }).name)
  expect(new Set(told).size).toBe(2)
  expect(told.every((name) => /^[\w-]{1,64}$/.test(name))).toBe(true)
  expect(sent[0]).toMatchObject({
    tool_choice: { function: { name: told[1] } },
    messages: [hi, { tool_calls: [{ function: { name: told[0] } }] }, { role: 'tool' }],
  })
  const made = { id: 'c', type: 'function', function: { name: told[1], arguments: '{}' } }
  const { body } = await ask({ ...asked, messages: [hi] }, [saying({ tool_calls: [made] })])
  expect(body).toMatchObject({ content: [{ type: 'tool_use', name: names[1] }], stop_reason: 'tool_use' })
})

describe('a target that takes more than others', () => {
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] }]

  test('is held to the limit that money has set', async () => {
    const { sent } = await ask({ model: 'openrouter', messages }, undefined, (call) => ({
      ...call,
      outline: { ...call.outline, max_tokens: 7 },
    }))
    expect(sent[0]).toMatchObject({ max_tokens: 7, messages })
  })

  test('gets what a layer has made of the call, and not what the caller said', async () => {
    const { sent } = await ask({ model: 'openrouter', messages }, undefined, (call) =>
      withFields(call, { messages: [{ role: 'user', content: 'masked' }] }),
    )
    expect(sent[0]).toMatchObject({ messages: [{ role: 'user', content: 'masked' }] })
  })
})
