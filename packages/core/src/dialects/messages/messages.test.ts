import { SpekaError } from '../../errors.ts'
import type { ChatRequest } from '../../operations/chat/chat.ts'
import {
  bytes,
  chunk,
  completion,
  eventsIn,
  facts,
  parsed,
  streamOf,
  thrownBy,
  usage,
  usageChunk,
} from '../ask-chat.fake.ts'
import { readMessages } from './messages.ts'
import type { MessageEvent, MessageObject } from './shapes.ts'

const hi = { role: 'user', content: 'Hi' }
const read = (request: object = {}) =>
  readMessages(bytes({ model: 'a', max_tokens: 100, messages: [hi], ...request }), facts)
const asked = (request: object): ChatRequest => parsed(read(request).call.body) as ChatRequest
const messagesOf = (messages: object[], more: object = {}) => asked({ messages, ...more }).messages
const answerTo = (chat: object) => parsed(read().answer(bytes(chat))) as MessageObject
const streamed = (...chunks: object[]) => eventsIn(read({ stream: true }).frames(streamOf(chunks))) as MessageEvent[]

const png = 'iVBORw0KGgo'
const call = (index: number, name: string, given: string) => ({
  index,
  id: `toolu_${index}`,
  type: 'function',
  function: { name, arguments: given },
})

describe('a messages request in chat', () => {
  test('has the same key, and asks for usage when it streams', () => {
    const { call: made } = read({ stream: true })
    expect(made).toMatchObject({
      endpoint: 'chat',
      surface: 'messages',
      keyId: 'key_1',
      stream: true,
      wantsUsage: true,
    })
    expect(asked({ temperature: 0.5, top_p: 0.9, stop_sequences: ['.'] })).toEqual({
      model: 'a',
      max_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      stop: ['.'],
      messages: [hi],
    })
  })

  test("begins with its instructions, without Claude Code's note about billing", () => {
    const system = [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=1' },
      { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: '' },
      { type: 'text', text: 'Be kind.' },
    ]
    expect(messagesOf([hi], { system })).toEqual([{ role: 'system', content: 'Be brief.\n\nBe kind.' }, hi])
  })

  test('keeps text and pictures', () => {
    const content = [
      { type: 'text', text: 'What is it?' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
      { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' } },
    ]
    expect(messagesOf([{ role: 'user', content }])[0]?.content).toEqual([
      { type: 'text', text: 'What is it?' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
    ])
  })

  test('tells calls of tools and what they gave, each in a message of its own', () => {
    const turns = [
      hi,
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.', signature: 'E' },
          { type: 'text', text: 'Let me see.' },
          { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: '42' }] },
          { type: 'text', text: 'And?' },
        ],
      },
    ]
    expect(messagesOf(turns)).toEqual([
      hi,
      {
        role: 'assistant',
        content: 'Let me see.',
        tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      },
      { role: 'tool', tool_call_id: 'toolu_1', content: '42' },
      { role: 'user', content: 'And?' },
    ])
  })

  test.each([
    [{ type: 'auto' }, { tool_choice: 'auto' }],
    [
      { type: 'any', disable_parallel_tool_use: true },
      { tool_choice: 'required', parallel_tool_calls: false },
    ],
    [{ type: 'none' }, { tool_choice: 'none' }],
    [{ type: 'tool', name: 'f' }, { tool_choice: { type: 'function', function: { name: 'f' } } }],
  ])('chooses tools by %j', (choice, chosen) => {
    const tools = [{ name: 'f', description: 'Does it.', input_schema: { type: 'object' } }]
    const { messages: _messages, model: _model, max_tokens: _most, ...rest } = asked({ tools, tool_choice: choice })
    expect(rest).toEqual({
      tools: [{ type: 'function', function: { name: 'f', description: 'Does it.', parameters: { type: 'object' } } }],
      ...chosen,
    })
  })

  test.each([
    [{ thinking: { type: 'enabled', budget_tokens: 2048 } }, 'low'],
    [{ thinking: { type: 'enabled', budget_tokens: 10_000 } }, 'medium'],
    [{ thinking: { type: 'enabled', budget_tokens: 32_000 } }, 'high'],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'max' } }, 'max'],
    [{ thinking: { type: 'disabled' } }, undefined],
  ])('thinks as hard as %j says', (more, effort) => {
    expect(asked(more).reasoning_effort).toBe(effort)
  })

  test.each([
    [{ max_tokens: null }, 'missing_required_parameter', 'max_tokens'],
    [{ messages: [] }, 'invalid_value', 'messages'],
    [{ messages: null }, 'missing_required_parameter', 'messages'],
    [{ messages: [{ role: 'robot', content: 'Hi' }] }, 'invalid_value', 'messages[0].role'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'invalid_value', 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [{}] }] }, 'missing_required_parameter', 'messages[0].content[0].type'],
    [{ tools: [{}] }, 'missing_required_parameter', 'tools[0].name'],
    [{ stop_sequences: ['a', 1] }, 'invalid_value', 'stop_sequences'],
    [
      { messages: [{ role: 'user', content: [{ type: 'search_result' }] }] },
      'invalid_value',
      'messages[0].content[0].content',
    ],
  ])('%j is refused', (request, code, param) => {
    expect(thrownBy(() => read(request))).toMatchObject({ code, param })
  })

  test.each([
    [{ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'tools[0].type'],
    [{ messages: [{ role: 'user', content: [{ type: 'of_the_future' }] }] }, 'messages[0].content[0].type'],
    [{ mcp_servers: [{}] }, 'mcp_servers'],
  ])('%j is for Anthropic alone', (request, param) => {
    expect(read(request).call).toMatchObject({
      native: { dialect: 'messages', untranslatable: { code: 'unsupported_parameter', param } },
      outline: { max_tokens: 100 },
    })
  })
})

describe('a message', () => {
  test('has what chat said, and what it cost', () => {
    const said = { content: 'Hello', reasoning_content: 'Hm.', tool_calls: [call(0, 'f', '{"a":1}')] }
    expect(answerTo(completion(said, 'tool_calls', { usage }))).toEqual({
      id: `msg_${facts.id}`,
      type: 'message',
      role: 'assistant',
      model: 'acme/fast',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: expect.stringMatching(/^speka/) },
        { type: 'text', text: 'Hello' },
        { type: 'tool_use', id: 'toolu_0', name: 'f', input: { a: 1 } },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: {
        input_tokens: 6,
        cache_read_input_tokens: 3,
        cache_creation_input_tokens: 0,
        output_tokens: 4,
        output_tokens_details: { thinking_tokens: 2 },
        cost: 0.000013,
        cost_details: { total: '0.000013' },
      },
    })
  })

  test.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['tool_calls', 'tool_use'],
    ['content_filter', 'refusal'],
    ['of_the_future', 'end_turn'],
  ])('that ended because of %s stopped by %s', (finishReason, stopReason) => {
    expect(answerTo(completion({ content: 'Hi' }, finishReason)).stop_reason).toBe(stopReason)
  })

  test('streams block after block, each closed before the next opens', () => {
    const events = streamed(
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'Hm.' }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo' }),
      chunk({ tool_calls: [call(0, 'f', '')] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] }),
      chunk({ tool_calls: [call(1, 'g', '{}')] }),
      chunk({}, 'tool_calls'),
      usageChunk(usage),
    )
    const told = events.map((event) => ('index' in event ? `${event.type} ${event.index}` : event.type))
    expect(told).toEqual([
      'message_start',
      'ping',
      'content_block_start 0',
      'content_block_delta 0',
      'content_block_delta 0',
      'content_block_stop 0',
      'content_block_start 1',
      'content_block_delta 1',
      'content_block_delta 1',
      'content_block_stop 1',
      'content_block_start 2',
      'content_block_delta 2',
      'content_block_stop 2',
      'content_block_start 3',
      'content_block_delta 3',
      'content_block_stop 3',
      'message_delta',
      'message_stop',
    ])
    expect(events.at(-2)).toMatchObject({
      delta: { stop_reason: 'tool_use' },
      usage: { output_tokens: 4, cost: 0.000013 },
    })
  })

  test('begins with an estimate of its prompt, for clients that look for it nowhere else, and ends with what was counted', () => {
    const events = streamed(chunk({ content: 'Hi' }), chunk({}, 'stop'), usageChunk(usage))
    const [start] = events
    if (start?.type !== 'message_start') throw new Error('It begins otherwise.')
    expect(start.message.usage).toEqual({
      input_tokens: expect.any(Number),
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
      output_tokens: 0,
    })
    expect(start.message.usage.input_tokens).toBeGreaterThan(10)
    expect(events.at(-2)).toMatchObject({ usage: { input_tokens: 6, cache_read_input_tokens: 3, output_tokens: 4 } })
  })

  test('begins with what was counted where the first chunk tells it', () => {
    const first = { ...chunk({ content: 'Hi' }), usage: { prompt_tokens: 7, completion_tokens: 0, total_tokens: 7 } }
    expect(streamed(first, chunk({}, 'stop'))[0]).toMatchObject({ message: { usage: { input_tokens: 7 } } })
  })

  test.each([
    ['upstream_incomplete', 'api_error'],
    ['rate_limit_exceeded', 'rate_limit_error'],
    ['invalid_value', 'invalid_request_error'],
    ['insufficient_quota', 'billing_error'],
  ] as const)('that broke by %s ends with an error of the type %s', (code, type) => {
    const dialect = read({ stream: true })
    const [event] = eventsIn(dialect.failure(new SpekaError(code, 'It broke.')))
    expect(event).toEqual({ type: 'error', error: { type, message: 'It broke.' }, request_id: dialect.call.id })
  })
})
