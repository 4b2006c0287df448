import { describeProvider } from '../provider.contract.ts'
import type { AnswerFixture, ProviderFixtures, RequestFixture } from '../provider-fixtures.contract.ts'
import { answerTo, callOf, firstStep, translate } from '../run-provider.contract.ts'
import { join } from '../../bytes/splice.ts'
import type { ChatCompletion } from '../../operations/chat/chat.ts'
import type { Provider } from '../provider.ts'
import { openai } from './openai.ts'
import { chatAtResponses } from './responses.ts'
import { called, events, refused, responseOf, said, streamOf, thought, usage } from './__fixtures__/responses.ts'

/** What OpenAI is for requests that it takes at `/responses` only. */
const atResponses: Provider = { ...openai, chat: chatAtResponses }

const hello = [{ role: 'user', content: 'Hi' }]
const helloItems = [{ type: 'message', role: 'user', content: 'Hi' }]
const weather = {
  type: 'function',
  function: { name: 'weather', description: 'Tells it', parameters: { type: 'object', properties: {} } },
}
const weatherHere = { type: 'function', ...weather.function, strict: false }
const always = { store: false, include: ['reasoning.encrypted_content'] }

interface Sketch {
  readonly name: string
  readonly asks?: object
  readonly messages?: readonly object[]
  readonly sends?: object
  readonly input?: readonly object[]
  readonly drops?: readonly string[]
}

const request = ({
  name,
  asks = {},
  messages = hello,
  sends = {},
  input = helloItems,
  drops = [],
}: Sketch): RequestFixture => ({
  name,
  body: JSON.stringify({ model: 'a', messages, ...asks }),
  path: '/responses',
  target: { upstreamModel: 'gpt-5.6' },
  sends: { model: 'gpt-5.6', input, ...always, ...sends },
  drops,
})

const history = [
  { role: 'user', content: 'Weather?' },
  {
    role: 'assistant',
    content: 'Let me see.',
    tool_calls: [
      { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"at":1.0}' } },
      { id: 'call_2', type: 'function', function: { name: 'now', arguments: '' } },
    ],
  },
  { role: 'tool', tool_call_id: 'call_1', content: 'Sunny' },
  { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: 'Noon' }] },
]
const historyItems = {
  question: { type: 'message', role: 'user', content: 'Weather?' },
  words: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Let me see.' }] },
  first: { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"at":1.0}' },
  second: { type: 'function_call', call_id: 'call_2', name: 'now', arguments: '{}' },
  sunny: { type: 'function_call_output', call_id: 'call_1', output: 'Sunny' },
  noon: { type: 'function_call_output', call_id: 'call_2', output: [{ type: 'input_text', text: 'Noon' }] },
}

const requests: RequestFixture[] = [
  request({ name: 'a plain request' }),
  request({
    name: 'a stream',
    asks: { stream: true, stream_options: { include_usage: true, include_obfuscation: false } },
    sends: { stream: true, stream_options: { include_obfuscation: false } },
  }),
  request({
    name: 'a function, which is not strict unless it says so',
    asks: { tools: [weather], tool_choice: 'auto', parallel_tool_calls: false },
    sends: { tools: [weatherHere], tool_choice: 'auto', parallel_tool_calls: false },
  }),
  request({
    name: 'a function without parameters, and a strict one that must be called',
    asks: {
      tools: [
        { type: 'function', function: { name: 'now' } },
        { type: 'function', function: { ...weather.function, strict: true } },
      ],
      tool_choice: { type: 'function', function: { name: 'weather' } },
    },
    sends: {
      tools: [
        { type: 'function', name: 'now', parameters: { type: 'object', properties: {} }, strict: false },
        { ...weatherHere, strict: true },
      ],
      tool_choice: { type: 'function', name: 'weather' },
    },
  }),
  request({
    name: 'the functions that are allowed',
    asks: {
      tools: [weather],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'weather' } }] },
      },
    },
    sends: {
      tools: [weatherHere],
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'weather' }] },
    },
  }),
  request({
    name: 'a tool that takes a text, and its calls',
    asks: {
      tools: [
        {
          type: 'custom',
          custom: { name: 'sql', format: { type: 'grammar', grammar: { syntax: 'regex', definition: '.*' } } },
        },
      ],
      tool_choice: { type: 'custom', custom: { name: 'sql' } },
    },
    messages: [
      { role: 'assistant', tool_calls: [{ id: 'call_1', type: 'custom', custom: { name: 'sql', input: 'select 1' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: '1' },
    ],
    sends: {
      tools: [{ type: 'custom', name: 'sql', format: { type: 'grammar', syntax: 'regex', definition: '.*' } }],
      tool_choice: { type: 'custom', name: 'sql' },
    },
    input: [
      { type: 'custom_tool_call', call_id: 'call_1', name: 'sql', input: 'select 1' },
      { type: 'custom_tool_call_output', call_id: 'call_1', output: '1' },
    ],
  }),
  request({
    name: 'what has another name here',
    asks: {
      max_completion_tokens: 500,
      reasoning_effort: 'high',
      verbosity: 'low',
      response_format: { type: 'json_schema', json_schema: { name: 'age', schema: { type: 'object' }, strict: true } },
    },
    sends: {
      max_output_tokens: 500,
      reasoning: { effort: 'high' },
      text: {
        verbosity: 'low',
        format: { type: 'json_schema', name: 'age', schema: { type: 'object' }, strict: true },
      },
    },
  }),
  request({
    name: 'JSON of no particular schema, and a limit that OpenAI takes',
    asks: { max_tokens: 5, response_format: { type: 'json_object' } },
    sends: { max_output_tokens: 16, text: { format: { type: 'json_object' } } },
  }),
  request({
    name: 'a summary of the reasoning for those who ask',
    asks: { reasoning: { effort: 'low', summary: 'auto' } },
    sends: { reasoning: { effort: 'low', summary: 'auto' } },
  }),
  request({
    name: 'what has the same name here',
    asks: {
      prompt_cache_key: 'k',
      service_tier: 'flex',
      user: 'u',
      safety_identifier: 's',
      prompt_cache_retention: '24h',
    },
    sends: {
      prompt_cache_key: 'k',
      service_tier: 'flex',
      user: 'u',
      safety_identifier: 's',
      prompt_cache_retention: '24h',
    },
  }),
  request({
    name: 'what is to be stored',
    asks: { store: true, metadata: { a: 'b' } },
    sends: { store: true, metadata: { a: 'b' } },
  }),
  request({
    name: 'none of what has no counterpart, and says so',
    asks: {
      n: 2,
      stop: 'END',
      seed: 7,
      logprobs: true,
      top_logprobs: 2,
      logit_bias: { 5: 1 },
      presence_penalty: 1,
      frequency_penalty: 1,
      temperature: 0.2,
      top_p: 0.9,
      prediction: { type: 'content', content: '' },
      zebra: 1,
      modalities: ['text', 'audio'],
      audio: { voice: 'ash', format: 'wav' },
      web_search_options: {},
    },
    drops: [
      'n',
      'stop',
      'seed',
      'logprobs',
      'top_logprobs',
      'logit_bias',
      'presence_penalty',
      'frequency_penalty',
      'temperature',
      'top_p',
      'prediction',
      'zebra',
      'modalities',
      'audio',
      'web_search_options',
    ],
  }),
  request({
    name: 'without a word of what asks for nothing',
    asks: {
      n: 1,
      seed: null,
      logprobs: false,
      temperature: 1,
      top_p: 1,
      response_format: { type: 'text' },
      session_id: 's',
    },
  }),
  request({
    name: 'samplers to a model that shall not think',
    asks: { reasoning_effort: 'none', temperature: 0.2, top_p: 0.9 },
    sends: { reasoning: { effort: 'none' }, temperature: 0.2, top_p: 0.9 },
  }),
  request({
    name: 'everybody who speaks, in order',
    messages: [
      { role: 'system', content: 'Be brief.' },
      ...hello,
      { role: 'developer', content: [{ type: 'text', text: 'Now.' }] },
    ],
    input: [
      { type: 'message', role: 'system', content: 'Be brief.' },
      ...helloItems,
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Now.' }] },
    ],
  }),
  request({
    name: 'pictures and files',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
          { type: 'file', file: { file_id: 'file-1' } },
        ],
      },
    ],
    input: [
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'What is it?' },
          { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'low' },
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
          { type: 'input_file', file_id: 'file-1' },
        ],
      },
    ],
  }),
  request({
    name: 'calls and their results',
    messages: history,
    input: Object.values(historyItems),
  }),
  request({
    name: 'a refusal of before, and what came in parts',
    messages: [
      ...hello,
      { role: 'assistant', content: null, refusal: 'No.' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Well,' },
          { type: 'refusal', refusal: 'no.' },
        ],
      },
      { role: 'assistant', content: '' },
    ],
    input: [
      ...helloItems,
      { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      {
        type: 'message',
        role: 'assistant',
        content: [
          { type: 'output_text', text: 'Well,' },
          { type: 'refusal', refusal: 'no.' },
        ],
      },
    ],
  }),
  request({
    name: 'only reasoning that is its own',
    messages: [
      {
        role: 'assistant',
        content: 'Hi',
        reasoning_content: 'Hm.',
        thinking_blocks: [{ type: 'thinking', thinking: 'x', signature: 'y' }],
        reasoning_details: [
          { type: 'reasoning.encrypted', data: 'zzz', format: 'anthropic-claude-v1', index: 0 },
          { type: 'reasoning.summary', summary: 'Hm.', format: 'openai-responses-v1', index: 0 },
        ],
      },
    ],
    input: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }] }],
  }),
]

const twoCalls = [called('weather', '{"city":"Köln"}'), called('now', '{}')]

const found: AnswerFixture[] = [
  {
    name: 'text',
    body: JSON.stringify(responseOf([said('Grüße, "Welt"\n 😀')])),
    found: {
      text: 'Grüße, "Welt"\n 😀',
      finishReason: 'stop',
      id: 'resp_0123abcd',
      usage: {
        inputTokens: 36,
        cachedInputTokens: 20,
        outputTokens: 87,
        reasoningTokens: 64,
        cacheWriteTokens: 0,
        serviceTier: 'default',
      },
    },
  },
  {
    name: 'calls side by side, after reasoning with a summary',
    body: JSON.stringify(responseOf([thought(['First.', 'Then.'], 'gAAA'), said('Looking.'), ...twoCalls])),
    found: {
      text: 'Looking.',
      reasoning: 'First.\n\nThen.',
      tools: [
        ['weather', '{"city":"Köln"}'],
        ['now', '{}'],
      ],
      finishReason: 'tool_calls',
      usage: {
        inputTokens: 36,
        cachedInputTokens: 20,
        outputTokens: 87,
        reasoningTokens: 64,
        cacheWriteTokens: 0,
        serviceTier: 'default',
      },
    },
  },
  {
    name: 'an answer cut short',
    body: JSON.stringify(
      responseOf([said('Once upon', { status: 'incomplete' })], {
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        usage: usage(9, 0, 16, 0),
      }),
    ),
    found: {
      text: 'Once upon',
      finishReason: 'length',
      usage: {
        inputTokens: 9,
        cachedInputTokens: 0,
        outputTokens: 16,
        reasoningTokens: 0,
        cacheWriteTokens: 0,
        serviceTier: 'default',
      },
    },
  },
  {
    name: 'an answer that never came to words',
    body: JSON.stringify(
      responseOf([thought([], null)], { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }),
    ),
    found: {
      text: '',
      finishReason: 'length',
      usage: {
        inputTokens: 36,
        cachedInputTokens: 20,
        outputTokens: 87,
        reasoningTokens: 64,
        cacheWriteTokens: 0,
        serviceTier: 'default',
      },
    },
  },
  {
    name: 'an answer that a filter stopped',
    body: JSON.stringify(
      responseOf([said('First,')], { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }),
    ),
    found: {
      text: 'First,',
      finishReason: 'content_filter',
      usage: {
        inputTokens: 36,
        cachedInputTokens: 20,
        outputTokens: 87,
        reasoningTokens: 64,
        cacheWriteTokens: 0,
        serviceTier: 'default',
      },
    },
  },
  {
    name: 'words on the way and at the end',
    body: JSON.stringify(
      responseOf([said('Wait.', { phase: 'commentary' }), said('Done.', { id: 'msg_2', phase: 'final_answer' })]),
    ),
    found: {
      text: 'Wait.\n\nDone.',
      finishReason: 'stop',
      usage: {
        inputTokens: 36,
        cachedInputTokens: 20,
        outputTokens: 87,
        reasoningTokens: 64,
        cacheWriteTokens: 0,
        serviceTier: 'default',
      },
    },
  },
]

const fixtures: ProviderFixtures = {
  writesAnew: 'a responses request has another shape',
  requests,
  refused: [
    {
      name: 'sound',
      body: JSON.stringify({
        model: 'a',
        messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } }] }],
      }),
      code: 'unsupported_parameter',
      param: 'messages[0].content[0].type',
    },
    {
      name: 'a role of long ago',
      body: JSON.stringify({ model: 'a', messages: [{ role: 'function', name: 'a', content: 'b' }] }),
      code: 'invalid_value',
      param: 'messages[0].role',
    },
    {
      name: 'a result of nothing',
      body: JSON.stringify({ model: 'a', messages: [{ role: 'tool', content: 'b' }] }),
      code: 'missing_required_parameter',
      param: 'messages[0].tool_call_id',
    },
    {
      name: 'a call without a name',
      body: JSON.stringify({ model: 'a', messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: {} }] }] }),
      code: 'invalid_value',
      param: 'messages[0].tool_calls[0].function.name',
    },
  ],
  answers: found,
  badAnswers: [
    { name: 'a list', body: '[]', failure: { code: 'upstream_bad_response' } },
    { name: "chat's shape", body: '{"choices":[]}', failure: { code: 'upstream_bad_response' } },
    { name: 'an error', body: '{"error":{"message":"Oops","type":"server_error"}}', failure: { class: 'transient' } },
    {
      name: 'a response that failed',
      body: JSON.stringify(responseOf([], { status: 'failed', error: { code: 'server_error', message: 'Oops' } })),
      failure: { class: 'transient', mayBeBilled: true },
    },
    {
      name: 'a response that failed at a limit of rate',
      body: JSON.stringify(
        responseOf([], { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Wait' } }),
      ),
      failure: { class: 'rate_limit' },
    },
    {
      name: 'a response that failed for a picture',
      body: JSON.stringify(
        responseOf([], { status: 'failed', error: { code: 'invalid_image_format', message: 'Not a picture' } }),
      ),
      failure: { class: 'caller_fault', quote: 'Not a picture' },
    },
    {
      name: 'a response for later',
      body: JSON.stringify(responseOf([], { status: 'queued' })),
      failure: { code: 'upstream_bad_response' },
    },
    {
      name: 'a response that was given up',
      body: JSON.stringify(responseOf([], { status: 'cancelled' })),
      failure: { class: 'transient' },
    },
    {
      name: 'a refusal of everything',
      body: JSON.stringify(responseOf([], { status: 'incomplete', incomplete_details: { reason: 'content_filter' } })),
      failure: { class: 'content_policy' },
    },
  ],
  // One without a word of output is an answer all the same, if a poor one: a stream of it says nothing.
  streams: found
    .filter(({ found: { text } }) => text !== '')
    .map((fixture) => ({ ...fixture, body: streamOf(JSON.parse(fixture.body)) })),
  brokenStreams: [
    {
      name: 'a response',
      body: streamOf(
        responseOf([said('Once')], { status: 'failed', error: { code: 'server_error', message: 'Oops' } }),
      ),
      failure: { class: 'transient' },
    },
    {
      name: 'the stream, with an error beside its type,',
      body: events({ type: 'error', code: 'rate_limit_exceeded', message: 'Wait', param: null }),
      failure: { class: 'rate_limit' },
    },
    {
      name: 'the stream, with an error of its own,',
      body: events({
        type: 'error',
        error: { type: 'invalid_request_error', code: 'context_length_exceeded', message: 'Too long', param: 'input' },
      }),
      failure: { class: 'context_window' },
    },
    {
      name: 'a refusal of everything',
      body: streamOf(responseOf([], { status: 'incomplete', incomplete_details: { reason: 'content_filter' } })),
      failure: { class: 'content_policy' },
    },
    { name: 'a stream of text', body: 'data: oops\n\n', failure: { code: 'upstream_bad_response' } },
  ],
  errors: [
    {
      name: 'tools with an effort at the wrong endpoint',
      status: 400,
      body: '{"error":{"message":"Function tools with reasoning_effort are not supported for gpt-5.9 in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to \'none\'.","type":"invalid_request_error","param":"reasoning_effort","code":null}}',
      failure: { class: 'unfit' },
    },
    {
      name: 'a model at the wrong endpoint',
      status: 404,
      body: '{"error":{"message":"This model is only supported in v1/responses and not in v1/chat/completions.","type":"invalid_request_error","param":"model","code":null}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'reasoning that another account has encrypted',
      status: 400,
      body: '{"error":{"message":"The encrypted content gAAA could not be verified.","type":"invalid_request_error","param":null,"code":"invalid_encrypted_content"}}',
      failure: { class: 'unfit' },
    },
  ],
  fieldNames: `type response.created response.completed response.incomplete response.failed response.output_text.delta
    response.output_item.added response.output_item.done response.function_call_arguments.delta
    response.reasoning_summary_text.delta response.refusal.delta response.output_text.annotation.added error response
    item delta output output_index content_index summary_index message function_call reasoning call_id name arguments
    content summary encrypted_content output_text text refusal annotations annotation status completed incomplete usage
    input_tokens output_tokens incomplete_details reason id phase`.split(/\s+/),
}

describeProvider('OpenAI at /responses', atResponses, fixtures)

const output = [
  thought(['Which city?'], 'gAAA-1', 'rs_1'),
  said('Let me see.', { phase: 'commentary' }),
  thought([], 'gAAA-2', 'rs_2'),
  called('weather', '{"n":1.0}', 'call_1'),
]

/** The assistant's message of an answer, as a client keeps it. */
const messageOf = (body: string) =>
  (JSON.parse(Buffer.from(answerTo(atResponses, body).body).toString()) as ChatCompletion).choices[0]?.message

test('what the model thought goes back where it stood', () => {
  const message = messageOf(JSON.stringify(responseOf(output)))
  const body = JSON.stringify({
    model: 'a',
    messages: [...hello, message, { role: 'tool', tool_call_id: 'call_1', content: 'Sunny' }],
  })
  const sent = JSON.parse(
    join(firstStep(atResponses, callOf(body), { model: 'a', upstreamModel: 'gpt-5.6' }).body ?? []).toString(),
  )
  expect(sent.input).toEqual([
    ...helloItems,
    {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'Which city?' }],
      encrypted_content: 'gAAA-1',
    },
    {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Let me see.' }],
      phase: 'commentary',
    },
    { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'gAAA-2' },
    { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"n":1.0}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'Sunny' },
  ])
})

test('a stream remembers the same of what the model thought as a whole answer', () => {
  const response = responseOf(output)
  const whole = messageOf(JSON.stringify(response))
  const deltas = translate(atResponses, [Buffer.from(streamOf(response))])
    .chunks()
    .flatMap(({ choices }) => choices.map(({ delta }) => delta))
  expect(deltas.flatMap((delta) => delta['reasoning_details'] ?? [])).toEqual(whole?.['reasoning_details'])
  expect(deltas.findLast(({ phase }) => phase !== undefined)?.['phase']).toBe('commentary')
})

test('a refusal is one in chat, whole and streamed', () => {
  const response = responseOf([refused('I cannot help with that.')])
  expect(messageOf(JSON.stringify(response))).toMatchObject({ content: null, refusal: 'I cannot help with that.' })
  const chunks = translate(atResponses, [Buffer.from(streamOf(response))]).chunks()
  expect(chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.refusal ?? '')).join('')).toBe(
    'I cannot help with that.',
  )
})

test('a call of a tool that takes a text is one in chat, whole and streamed', () => {
  const item = { id: 'ctc_1', type: 'custom_tool_call', call_id: 'call_1', name: 'sql', input: 'select 1' }
  const response = responseOf([item])
  const call = { id: 'call_1', type: 'custom', custom: { name: 'sql', input: 'select 1' } }
  expect(messageOf(JSON.stringify(response))).toMatchObject({ content: null, tool_calls: [call] })
  const body = events(
    { type: 'response.created', response },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, input: '' } },
    { type: 'response.custom_tool_call_input.delta', output_index: 0, delta: 'select ' },
    { type: 'response.custom_tool_call_input.delta', output_index: 0, delta: '1' },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response },
  )
  const { chunks, facts } = translate(atResponses, [Buffer.from(body)])
  const deltas = chunks().flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? []))
  expect(deltas).toEqual([
    { index: 0, ...call, custom: { name: 'sql', input: '' } },
    { index: 0, custom: { input: 'select ' } },
    { index: 0, custom: { input: '1' } },
  ])
  expect(facts.finishReason).toBe('tool_calls')
})

test('what a text rests on stands in chat where chat has it, whole and streamed', () => {
  const citation = { type: 'url_citation', start_index: 0, end_index: 4, url: 'https://example.com', title: 'Example' }
  const response = responseOf([
    said('', { content: [{ type: 'output_text', text: 'News', annotations: [citation], logprobs: [] }] }),
  ])
  const { type, ...fields } = citation
  const expected = [{ type, url_citation: fields }]
  expect(messageOf(JSON.stringify(response))).toMatchObject({ annotations: expected })
  const chunks = translate(atResponses, [Buffer.from(streamOf(response))]).chunks()
  expect(chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => delta['annotations'] ?? []))).toEqual(expected)
})

test('an item that was not told in pieces is told when it is done', () => {
  const items = [thought(['Hm.'], null), said('Hi'), called('now', '{"a":1}')]
  const response = responseOf(items)
  const body = events(
    { type: 'response.created', response },
    ...items.map((item, index) => ({ type: 'response.output_item.done', output_index: index, item })),
    { type: 'response.completed', response },
  )
  const { chunks } = translate(atResponses, [Buffer.from(body)])
  const deltas = chunks().flatMap(({ choices }) => choices.map(({ delta }) => delta))
  expect(deltas.map(({ reasoning_content: thoughts }) => thoughts ?? '').join('')).toBe('Hm.')
  expect(deltas.map(({ content }) => content ?? '').join('')).toBe('Hi')
  const calls = deltas.flatMap((delta) => delta.tool_calls ?? [])
  expect(calls.map((call) => call.function?.arguments ?? '').join('')).toBe('{"a":1}')
})

test.each([
  { model: 'gpt-5.6', asks: { tools: [weather] }, path: '/responses', drops: ['stop'] },
  { model: 'gpt-5.6', asks: { tools: [weather], reasoning_effort: 'none' }, path: '/chat/completions', drops: [] },
  { model: 'gpt-5.4', asks: { tools: [weather] }, path: '/chat/completions', drops: [] },
  { model: 'gpt-5.4', asks: { tools: [weather], reasoning_effort: 'low' }, path: '/responses', drops: ['stop'] },
  { model: 'gpt-5-codex', asks: {}, path: '/responses', drops: ['stop'] },
])('$model with $asks is asked at $path', ({ model, asks, path, drops }) => {
  const call = callOf(JSON.stringify({ model: 'a', messages: hello, stop: 'END', stream: true, ...asks }))
  const goal = { model: 'a', upstreamModel: model }
  expect(firstStep(openai, call, goal).path).toBe(path)
  expect(openai.chat?.stream?.(call, goal)?.request.path).toBe(path)
  expect(openai.chat?.unsupported?.(call, goal)).toEqual(drops)
})
