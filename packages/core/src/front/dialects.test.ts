import { jsonFrame, typedFrame } from '../bytes/frames.ts'
import { readCompletions } from '../dialects/completions/completions.ts'
import { readMessages } from '../dialects/messages/messages.ts'
import { readResponses } from '../dialects/responses/responses.ts'
import { isRecord, type Json } from '../json.ts'
import { readChatCall } from '../operations/chat/chat-call.ts'
import { describeDialect } from './dialect.contract.ts'

const typed = (value: { type: string; [field: string]: unknown }): string => typedFrame(value).toString()
const textsIn = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(textsIn).join('')
  return isRecord(value) && typeof value['text'] === 'string' ? value['text'] : ''
}
const deltas = (events: readonly Json[], type: string): string =>
  events.map((event) => (event['type'] === type ? textsIn(event['delta']) || String(event['delta']) : '')).join('')
const inside = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined)

// OpenAI's responses.

const responseUsage = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 15,
}
const item = {
  id: 'msg_1',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  phase: 'final_answer',
  content: [{ type: 'output_text', text: 'Hi there', annotations: [] }],
}
const thought = {
  id: 'rs_1',
  type: 'reasoning',
  summary: [{ type: 'summary_text', text: 'Hm.' }],
  encrypted_content: 'gAAA',
}
const response = (model: string, status: string, output: readonly unknown[], more: Json = {}): Json => ({
  id: 'resp_1',
  object: 'response',
  status,
  model,
  output,
  nobody_knows: { this: ['field'] },
  ...more,
})
const inOrder = (events: readonly { type: string; [field: string]: unknown }[], from = 0): string[] =>
  events.map((event, index) => typed({ ...event, sequence_number: from + index }))

describeDialect('responses', {
  read: readResponses,
  native: { type: 'openai', api_key: 'k' },
  path: '/responses',
  request: {
    input: [{ role: 'user', content: 'Hi' }, thought],
    tools: [{ type: 'function', name: 'f', parameters: { type: 'object' } }],
    reasoning: { effort: 'low', summary: 'auto' },
    include: ['reasoning.encrypted_content'],
    nobody_knows: { this: 1e3 },
  },
  answer: (model) => response(model, 'completed', [thought, item], { usage: responseUsage }),
  stream: (model) => ({
    early: inOrder([
      { type: 'response.created', response: response(model, 'in_progress', []) },
      { type: 'response.in_progress', response: response(model, 'in_progress', []) },
      { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
    ]),
    words: inOrder(
      [
        { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Hi' },
        {
          type: 'response.output_text.delta',
          item_id: 'msg_1',
          output_index: 0,
          content_index: 0,
          delta: ' "there\\"',
        },
        { type: 'response.of_the_future', something: true },
        { type: 'response.output_text.done', item_id: 'msg_1', text: 'Hi there' },
      ],
      3,
    ),
    end: inOrder(
      [{ type: 'response.completed', response: response(model, 'completed', [item], { usage: responseUsage }) }],
      7,
    ),
  }),
  failure: typed({ type: 'error', code: 'server_error', message: 'It broke.', param: null }),
  usageIn: (events) => inside(inside(events.at(-1), 'response'), 'usage'),
  usage: { input_tokens: 10, output_tokens: 5 },
  success: ['response.completed', 'response.incomplete'],
  wordsOf: ({ output }) => (Array.isArray(output) ? output.map((one) => textsIn(inside(one, 'content'))).join('') : ''),
  wordsIn: (events) => deltas(events, 'response.output_text.delta'),
})

// Anthropic's messages.

const messageUsage = { input_tokens: 6, cache_read_input_tokens: 4, cache_creation_input_tokens: 0, output_tokens: 5 }
const message = (model: string, content: readonly unknown[], more: Json = {}): Json => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model,
  content,
  stop_reason: null,
  nobody_knows: [1, 2],
  ...more,
})
const signed = { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' }

describeDialect('messages', {
  read: readMessages,
  native: { type: 'anthropic', api_key: 'k' },
  path: '/messages',
  request: {
    max_tokens: 1000,
    system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [signed, { type: 'text', text: 'Yes?' }] },
      { role: 'user', content: 'Hi' },
    ],
    thinking: { type: 'adaptive' },
    nobody_knows: { this: 1e3 },
  },
  answer: (model) =>
    message(model, [signed, { type: 'text', text: 'Hi there' }], { stop_reason: 'end_turn', usage: messageUsage }),
  stream: (model) => ({
    early: [
      typed({ type: 'message_start', message: message(model, [], { usage: { ...messageUsage, output_tokens: 1 } }) }),
      typed({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
      typed({ type: 'ping' }),
    ],
    words: [
      typed({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } }),
      typed({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: ' "there\\"' } }),
      typed({ type: 'of_the_future', something: true }),
      typed({ type: 'content_block_stop', index: 0 }),
    ],
    end: [
      typed({
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { ...messageUsage },
      }),
      typed({ type: 'message_stop' }),
    ],
  }),
  failure: typed({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
  usageIn: (events) =>
    inside(
      events.find(({ type }) => type === 'message_delta'),
      'usage',
    ),
  usage: { input_tokens: 6, cache_read_input_tokens: 4, output_tokens: 5 },
  success: ['message_stop', 'message_delta'],
  wordsOf: ({ content }) => textsIn(content),
  wordsIn: (events) => deltas(events, 'content_block_delta'),
})

// OpenAI's chat, which all others can be translated into, and its older completions, which servers of open models have.

const chatUsage = {
  prompt_tokens: 10,
  completion_tokens: 5,
  total_tokens: 15,
  prompt_tokens_details: { cached_tokens: 4 },
}
const chat = (model: string, object: string, choices: readonly unknown[], more: Json = {}): Json => ({
  id: 'chatcmpl-1',
  object,
  created: 1_790_000_000,
  model,
  choices,
  ...more,
})
const saying = (model: string, delta: Json, finish_reason: string | null = null): string =>
  jsonFrame(chat(model, 'chat.completion.chunk', [{ index: 0, delta, logprobs: null, finish_reason }])).toString()

describeDialect('chat', {
  read: readChatCall,
  native: { type: 'openai-compatible' },
  isTranslated: false,
  path: '/chat/completions',
  request: { messages: [{ role: 'user', content: 'Hi' }], stream_options: { include_usage: true }, nobody_knows: 1e3 },
  answer: (model) =>
    chat(
      model,
      'chat.completion',
      [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hi there', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      { usage: chatUsage, nobody_knows: true },
    ),
  stream: (model) => ({
    early: [saying(model, { role: 'assistant', content: '' })],
    words: [saying(model, { content: 'Hi' }), saying(model, { content: ' there' })],
    end: [
      saying(model, {}, 'stop'),
      jsonFrame(chat(model, 'chat.completion.chunk', [], { usage: chatUsage })).toString(),
      'data: [DONE]\n\n',
    ],
  }),
  failure: jsonFrame({ error: { type: 'server_error', message: 'It broke.' } }).toString(),
  usageIn: (events) => inside(events.at(-1), 'usage'),
  usage: chatUsage,
  success: [],
  wordsOf: () => '',
  wordsIn: (events) =>
    events
      .map(({ choices }) =>
        Array.isArray(choices) ? choices.map((one) => inside(inside(one, 'delta'), 'content')).join('') : '',
      )
      .join(''),
})

const text = (model: string, choices: readonly unknown[], more: Json = {}): Json => ({
  id: 'cmpl-1',
  object: 'text_completion',
  created: 1_790_000_000,
  model,
  choices,
  ...more,
})
const choice = (words: string, finish_reason: string | null = null): Json => ({
  index: 0,
  text: words,
  logprobs: null,
  finish_reason,
})

describeDialect('completions', {
  read: (body, facts) => readCompletions(body, facts),
  native: { type: 'vllm' },
  path: '/completions',
  request: { prompt: 'Hi', max_tokens: 100, stream_options: { include_usage: true }, nobody_knows: { this: 1e3 } },
  answer: (model) => text(model, [{ ...choice('Hi there', 'stop') }], { usage: chatUsage, nobody_knows: true }),
  stream: (model) => ({
    early: [jsonFrame(text(model, [choice('')])).toString()],
    words: ['Hi', ' "there\\"'].map((words) => jsonFrame(text(model, [choice(words)])).toString()),
    end: [
      jsonFrame(text(model, [choice('', 'stop')])).toString(),
      jsonFrame(text(model, [], { usage: chatUsage })).toString(),
      'data: [DONE]\n\n',
    ],
  }),
  failure: jsonFrame({ error: { type: 'server_error', message: 'It broke.' } }).toString(),
  usageIn: (events) => inside(events.at(-1), 'usage'),
  usage: chatUsage,
  success: [],
  wordsOf: ({ choices }) => textsIn(choices),
  wordsIn: (events) => events.map(({ choices }) => textsIn(choices)).join(''),
})
