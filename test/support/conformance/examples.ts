import type { Shape } from './shapes.ts'

/** Values as OpenAI's own servers send them, written by hand: what a test of the validators, or of a client, starts from. */

const usage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 }

const chat = { id: 'chatcmpl-1', created: 1_790_000_000, model: 'm' }

const answer = (message: object, finishReason: string) => ({
  ...chat,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', refusal: null, ...message },
      logprobs: null,
      finish_reason: finishReason,
    },
  ],
  usage,
})

const chunk = (delta: object, finishReason: string | null = null) => ({
  ...chat,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  usage: null,
})

const call = { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } }

const completion = (choice: object) => ({
  id: 'cmpl-1',
  object: 'text_completion',
  created: 1_790_000_000,
  model: 'm',
  choices: [{ index: 0, text: 'Hi', logprobs: null, ...choice }],
})

const image = {
  b64_json: 'iVBORw0KGgo=',
  created_at: 1_790_000_000,
  size: '1024x1024',
  quality: 'high',
  background: 'opaque',
  output_format: 'png',
}

const imageUsage = {
  input_tokens: 4,
  output_tokens: 1000,
  total_tokens: 1004,
  input_tokens_details: { text_tokens: 4, image_tokens: 0 },
}

const text = { type: 'output_text', text: 'Hi', annotations: [], logprobs: [] }
const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [text] }
const toolCall = {
  id: 'fc_1',
  type: 'function_call',
  call_id: 'call_1',
  name: 'get_weather',
  arguments: '{"city":"Oslo"}',
  status: 'completed',
}
const reasoning = { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Thinking.' }] }

/** A response as it begins. */
const begun = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_790_000_000,
  status: 'in_progress',
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  model: 'm',
  output: [] as object[],
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  store: false,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [] as object[],
  top_p: 1,
  truncation: 'disabled',
  usage: undefined as object | undefined,
}

const done = {
  ...begun,
  status: 'completed',
  output: [message],
  usage: {
    input_tokens: 9,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: 3,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 12,
  },
}

const weatherTool = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather in a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
  strict: true,
}

const inText = { item_id: 'msg_1', output_index: 0, content_index: 0 }
const inCall = { item_id: 'fc_1', output_index: 1 }

const heard = {
  type: 'tokens',
  input_tokens: 14,
  input_token_details: { text_tokens: 4, audio_tokens: 10 },
  output_tokens: 45,
  total_tokens: 59,
}

const modelEntry = { id: 'meta/llama', object: 'model', created: 0, owned_by: 'meta' }

/** Good values of every shape. */
export const examples: Readonly<Record<Shape, readonly object[]>> = {
  'chat completion': [
    answer({ content: 'Hi' }, 'stop'),
    answer({ content: null, tool_calls: [call, call] }, 'tool_calls'),
    answer({ content: null, refusal: 'No.', reasoning_content: 'Hm.' }, 'content_filter'),
    { ...answer({ content: 'Hi' }, 'length'), usage: { ...usage, cost: 0.1 }, service_tier: null },
  ],
  'chat completion chunk': [
    chunk({ role: 'assistant', content: '', refusal: null }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: '{' } }] }),
    chunk({}, 'stop'),
    { ...chunk({}), choices: [], usage },
  ],
  completion: [
    { ...completion({ finish_reason: 'stop' }), usage },
    completion({
      finish_reason: 'length',
      logprobs: { tokens: ['Hi'], token_logprobs: [null], top_logprobs: [null], text_offset: [0] },
    }),
  ],
  'completion chunk': [completion({ finish_reason: null }), { ...completion({ finish_reason: 'stop' }), usage: null }],
  embeddings: [
    {
      object: 'list',
      model: 'm',
      data: [
        { object: 'embedding', index: 0, embedding: [0.1, -1] },
        { object: 'embedding', index: 1, embedding: 'zczMPQ==' },
      ],
      usage: { prompt_tokens: 2, total_tokens: 2 },
    },
  ],
  images: [
    { created: 1_790_000_000, data: [{ b64_json: 'iVBORw0KGgo=' }] },
    {
      created: 1_790_000_000,
      data: [{ url: 'https://images.example/1.png', revised_prompt: 'A cat' }],
      usage: imageUsage,
    },
  ],
  'image event': [
    { type: 'image_generation.partial_image', partial_image_index: 0, ...image },
    { type: 'image_generation.completed', usage: imageUsage, ...image },
  ],
  'image edit event': [
    { type: 'image_edit.partial_image', partial_image_index: 0, ...image },
    { type: 'image_edit.completed', usage: imageUsage, ...image },
  ],
  transcript: [
    { text: 'Hello there.' },
    { text: 'Hello there.', usage: { type: 'duration', seconds: 3, cost: 0.1 } },
    { text: 'Hello there.', usage: heard, logprobs: [{ token: 'Hello', logprob: -0.1, bytes: [72] }] },
  ],
  'transcript event': [
    { type: 'transcript.text.delta', delta: 'Hello ' },
    { type: 'transcript.text.done', text: 'Hello there.', usage: heard },
    { type: 'transcript.text.done', text: 'Hello there.', usage: { type: 'duration', seconds: 3 } },
  ],
  'speech event': [
    { type: 'speech.audio.delta', audio: 'SUQz' },
    { type: 'speech.audio.done', usage: { input_tokens: 3, output_tokens: 20, total_tokens: 23 } },
  ],
  response: [
    begun,
    done,
    { ...done, output: [reasoning, message, toolCall], tools: [weatherTool], tool_choice: 'required' },
    { ...done, tool_choice: { type: 'function', name: 'get_weather' }, instructions: 'Be kind.' },
    { ...begun, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    { ...begun, status: 'failed', error: { code: 'server_error', message: 'It broke.' } },
  ],
  // The events of one answer of a text and a tool call, in the order in which they must come; then of one that fails.
  'response event': [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    { type: 'response.output_item.added', output_index: 0, item: { ...message, status: 'in_progress', content: [] } },
    { type: 'response.content_part.added', ...inText, part: { ...text, text: '' } },
    { type: 'response.output_text.delta', ...inText, delta: 'Hi', logprobs: [] },
    { type: 'response.output_text.done', ...inText, text: 'Hi', logprobs: [] },
    { type: 'response.content_part.done', ...inText, part: text },
    { type: 'response.output_item.done', output_index: 0, item: message },
    {
      type: 'response.output_item.added',
      output_index: 1,
      item: { ...toolCall, arguments: '', status: 'in_progress' },
    },
    { type: 'response.function_call_arguments.delta', ...inCall, delta: '{"city":"Oslo"}' },
    { type: 'response.function_call_arguments.done', ...inCall, name: 'get_weather', arguments: '{"city":"Oslo"}' },
    { type: 'response.output_item.done', output_index: 1, item: toolCall },
    { type: 'response.completed', response: { ...done, output: [message, toolCall] } },
    {
      type: 'response.failed',
      response: { ...begun, status: 'failed', error: { code: 'server_error', message: 'No.' } },
    },
    { type: 'error', code: 'upstream_error', message: 'It broke.', param: null },
  ].map((event, number) => ({ ...event, sequence_number: number })),
  model: [modelEntry, { ...modelEntry, pricing: { input_per_1m: '0.1' } }],
  models: [
    { object: 'list', data: [] },
    { object: 'list', data: [modelEntry] },
  ],
  error: [
    { error: { message: 'No.', type: 'invalid_request_error', param: null, code: null } },
    { error: { message: 'No.', type: 'invalid_request_error', param: 'model', code: 'model_not_found' } },
  ],
}
