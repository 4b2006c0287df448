import { readFileSync } from 'node:fs'
import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { conversation, requestFixture, weather } from '../request-fixture.contract.ts'

const fixture = (name: string): string => readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8')

const bare = { type: 'function', function: { name: 'time' } }
const hi = { role: 'user', content: 'Hi' }

export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what it takes, and no more',
      asks: {
        max_completion_tokens: 9,
        temperature: 1.9,
        top_p: 0.5,
        n: 2,
        seed: -7,
        stop: 'a',
        presence_penalty: 0.5,
        safe_prompt: true,
        logprobs: true,
        reasoning_effort: 'low',
        user: 'u',
        store: false,
      },
      gets: {
        max_tokens: 9,
        temperature: 1.5,
        top_p: 0.5,
        n: 2,
        random_seed: 7,
        stop: 'a',
        presence_penalty: 0.5,
        safe_prompt: true,
      },
      drops: ['logprobs', 'reasoning_effort', 'user'],
    }),
    requestFixture({
      name: 'one seed of two',
      asks: { seed: 1, random_seed: 2 },
      gets: { random_seed: 2 },
    }),
    requestFixture({
      name: 'a stream, which brings its usage unasked',
      asks: { stream: true, stream_options: { include_usage: true } },
      gets: { stream: true },
    }),
    requestFixture({
      name: 'no empty list of tools, and nothing about it',
      asks: { tools: [], tool_choice: 'auto', parallel_tool_calls: false },
      gets: {},
    }),
    requestFixture({
      name: 'a call that must be made',
      asks: { tools: [weather, bare], tool_choice: 'required' },
      gets: {
        tools: [weather, { ...bare, function: { name: 'time', parameters: { type: 'object', properties: {} } } }],
        tool_choice: 'any',
      },
    }),
    requestFixture({
      name: 'a certain call that must be made',
      asks: { tools: [weather, bare], tool_choice: { type: 'function', function: { name: 'weather' } } },
      gets: { tools: [weather], tool_choice: 'any' },
    }),
    requestFixture({
      name: 'only the fields of messages that it knows',
      messages: [
        { role: 'developer', content: 'Be kind.', name: 'a' },
        { role: 'user', content: [{ type: 'text', text: 'Hi' }], name: 'b' },
        { role: 'assistant', content: 'Hello', reasoning_content: 'Hm', refusal: null, annotations: [] },
        hi,
      ],
      getsMessages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        { role: 'assistant', content: 'Hello' },
        hi,
      ],
    }),
    requestFixture({
      name: 'ids of tool calls as short as it wants them',
      messages: conversation({}, 'call_PTLP8xhu3uwZk4l3nlnrrJha'),
      getsMessages: conversation({}, '8EOxwftM7'),
    }),
    requestFixture({ name: 'its own ids as they are', messages: conversation({}, 'D681PevKs') }),
    requestFixture({
      name: 'an answer to go on with',
      messages: [hi, { role: 'assistant', content: 'Once upon' }],
      getsMessages: [hi, { role: 'assistant', content: 'Once upon', prefix: true }],
    }),
    requestFixture({
      name: 'an effort to a model that knows two',
      model: 'mistral-medium-3.5',
      asks: { reasoning_effort: 'low' },
      gets: { reasoning_effort: 'high' },
    }),
  ],
  answers: [
    {
      name: 'a model that thinks, with content in parts',
      body: fixture('reasoning.json'),
      found: {
        text: '2 + 2 = 4',
        reasoning: 'This is basic arithmetic.',
        finishReason: 'stop',
        id: 'a4e29c5b82f94d67',
        usage: { inputTokens: 10, outputTokens: 46 },
      },
    },
    {
      name: 'a model at its own limit, with tokens from its cache',
      body: '{"id":"5c1d","object":"chat.completion","created":1769088913,"model":"mistral-large-2512","choices":[{"index":0,"message":{"role":"assistant","content":"Once","tool_calls":null},"finish_reason":"model_length"}],"usage":{"prompt_tokens":50,"total_tokens":51,"completion_tokens":1,"num_cached_tokens":32}}',
      found: {
        text: 'Once',
        finishReason: 'length',
        usage: { inputTokens: 50, outputTokens: 1, cachedInputTokens: 32 },
      },
    },
  ],
  badAnswers: [
    {
      name: 'an answer that ended in an error',
      body: '{"choices":[{"index":0,"message":{"role":"assistant","content":""},"finish_reason":"error"}]}',
      failure: { class: 'transient' },
    },
    {
      name: 'a flat error',
      body: '{"object":"error","message":"Service unavailable.","type":"internal_server_error","code":"3000"}',
      failure: { class: 'transient' },
    },
  ],
  streams: [
    {
      name: 'a model that thinks, with content in parts',
      body: fixture('reasoning.sse'),
      found: {
        text: '2 + 2 = 4',
        reasoning: 'The user is asking for 2+2.',
        finishReason: 'stop',
        id: 'a4e29c5b82f94d67',
        usage: { inputTokens: 10, outputTokens: 46 },
      },
    },
    {
      name: 'a tool called, in one event with the end',
      body: fixture('tools.sse'),
      found: {
        tools: [['weather', '{"city": "Paris"}']],
        finishReason: 'tool_calls',
        usage: { inputTokens: 124, outputTokens: 22 },
      },
    },
  ],
  errors: [
    {
      name: 'a field that it does not know',
      status: 422,
      body: '{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","max_completion_tokens"],"msg":"Extra inputs are not permitted","input":32000}]},"type":"invalid_request_error","param":null,"code":null}',
      failure: { class: 'caller_fault', quote: 'Extra inputs are not permitted' },
    },
    {
      name: 'the same with a list in its place',
      status: 422,
      body: '{"object":"Error","detail":[{"type":"extra_forbidden","loc":["body","tools"],"msg":"Extra inputs are not permitted","input":[]}],"message":[{"type":"extra_forbidden","loc":["body","tools"],"msg":"Extra inputs are not permitted","input":[]}],"type":"invalid_request_error","code":3001}',
      failure: { class: 'caller_fault', quote: 'Extra inputs are not permitted' },
    },
    {
      name: 'an id that it does not want',
      status: 400,
      body: '{"object":"error","message":"Tool call id was turn1_0 but must be a-z, A-Z, 0-9, with a length of 9.","type":"invalid_function_call","param":null,"code":"3280","raw_status_code":400}',
      failure: { class: 'caller_fault' },
    },
    {
      name: 'a model that is not there',
      status: 400,
      body: '{"object":"error","message":"Invalid model: mistral-huge","type":"invalid_model","param":null,"code":"1500"}',
      failure: { class: 'model_unavailable' },
    },
    { name: 'a refused key', status: 401, body: '{"detail":"Unauthorized"}', failure: { class: 'credential' } },
    {
      name: 'a limit',
      status: 429,
      body: '{"object":"error","message":"Service tier capacity exceeded for this model.","type":"service_tier_capacity_exceeded","param":null,"code":"3505"}',
      failure: { class: 'rate_limit' },
    },
    {
      name: 'a prompt that is too long',
      status: 400,
      body: '{"object":"error","message":"Prompt contains 300000 tokens and 0 draft tokens, too large for model with 262144 maximum context length","type":"invalid_request_prompt","param":null,"code":"3051"}',
      failure: { class: 'context_window' },
    },
  ],
}
