import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { conversation, requestFixture, weather } from '../request-fixture.contract.ts'

const k26 = 'kimi-k2.6'
const k3 = 'kimi-k3'
const code = 'kimi-k2.7-code'
const v1 = 'moonshot-v1-8k'
const tools = [weather]
const schema = { type: 'object', properties: { a: { type: 'integer' } } }
const format = (inner: object) => ({ type: 'json_schema', json_schema: { name: 'a', schema: inner } })
const sampling = { temperature: 0.2, top_p: 0.9, n: 2, presence_penalty: 1, frequency_penalty: 1 }
const inWords = [
  {
    role: 'system',
    content: `Answer with a JSON object that fits this JSON schema, and nothing else:\n${JSON.stringify(schema)}`,
  },
  { role: 'user', content: 'Hi' },
]

export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what Kimi takes, and no more',
      model: k26,
      asks: {
        ...sampling,
        max_tokens: 9,
        stop: ['a'],
        seed: 7,
        top_k: 4,
        user: 'u',
        logprobs: true,
        prompt_cache_key: 'k',
      },
      gets: { max_completion_tokens: 9, stop: ['a'], safety_identifier: 'u', logprobs: true, prompt_cache_key: 'k' },
      drops: ['temperature', 'top_p', 'n', 'presence_penalty', 'frequency_penalty', 'seed', 'top_k'],
    }),
    requestFixture({ name: 'the only temperature there is', model: k26, asks: { temperature: 1, n: 1 }, gets: {} }),
    requestFixture({
      name: 'sampling to the older models, within their limits',
      model: v1,
      asks: { ...sampling, temperature: 1.4, thinking: { type: 'enabled' } },
      gets: { ...sampling, temperature: 1 },
      drops: ['thinking'],
    }),
    requestFixture({
      name: 'a stream, asking for usage',
      model: k26,
      asks: { stream: true },
      gets: { stream: true, stream_options: { include_usage: true } },
    }),
    ...[
      { model: k26, effort: 'none', gets: { thinking: { type: 'disabled' } } },
      { model: k26, effort: 'low', gets: { thinking: { type: 'enabled' } } },
      { model: code, effort: 'low', gets: {} },
      { model: k3, effort: 'none', gets: { reasoning_effort: 'low' } },
      { model: k3, effort: 'medium', gets: { reasoning_effort: 'high' } },
      { model: k3, effort: 'xhigh', gets: { reasoning_effort: 'max' } },
    ].map(({ model, effort, gets }) =>
      requestFixture({ name: `the effort "${effort}" to ${model}`, model, asks: { reasoning_effort: effort }, gets }),
    ),
    requestFixture({
      name: 'no way not to think to a model that always does',
      model: code,
      asks: { reasoning_effort: 'none', thinking: { type: 'disabled' } },
      gets: {},
      drops: ['reasoning_effort', 'thinking'],
    }),
    requestFixture({
      name: 'thinking as it knows it, with what is kept of it',
      model: k26,
      asks: { thinking: { type: 'enabled', keep: 'all' }, reasoning_effort: 'high' },
      gets: { thinking: { type: 'enabled', keep: 'all' } },
    }),
    requestFixture({
      name: 'a forced call, for which it must not think',
      model: k26,
      asks: { tools, tool_choice: 'required' },
      gets: { tools, tool_choice: 'required', thinking: { type: 'disabled' } },
    }),
    requestFixture({
      name: 'no forced call to a model that always thinks',
      model: code,
      asks: { tools, tool_choice: 'required' },
      gets: { tools },
      drops: ['tool_choice'],
    }),
    requestFixture({ name: 'a forced call to one that can both', model: k3, asks: { tools, tool_choice: 'required' } }),
    requestFixture({
      name: 'tools in its own subset of JSON schema',
      model: k26,
      asks: {
        tools: [
          {
            type: 'function',
            function: {
              name: 'f',
              strict: true,
              parameters: {
                $schema: 'https://json-schema.org/draft/2020-12/schema',
                properties: {
                  items: { type: 'array', items: [{ type: 'string' }, { type: 'integer' }] },
                  either: { type: 'string', anyOf: [{ minLength: 2 }, { type: 'null' }] },
                },
              },
            },
          },
          { type: 'function', function: { name: 'g' } },
        ],
      },
      drops: ['tools.function.strict'],
      gets: {
        tools: [
          {
            type: 'function',
            function: {
              name: 'f',
              parameters: {
                type: 'object',
                properties: {
                  items: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }] },
                  either: { anyOf: [{ type: 'string', minLength: 2 }, { type: 'null' }] },
                },
              },
            },
          },
          { type: 'function', function: { name: 'g', parameters: { type: 'object', properties: {} } } },
        ],
      },
    }),
    requestFixture({
      name: 'reasoning beside the calls of a turn, and no empty text',
      model: k26,
      messages: conversation({}),
      getsMessages: conversation({ content: null, reasoning_content: ' ' }),
    }),
    requestFixture({
      name: 'the reasoning that a turn has',
      model: k26,
      messages: conversation({ content: null, reasoning_content: 'Hm' }),
    }),
    requestFixture({
      name: 'no reasoning that nobody asks for',
      model: k26,
      messages: conversation({ content: null }),
      asks: { thinking: { type: 'disabled' } },
    }),
    requestFixture({
      name: 'a schema in words to a model that knows none',
      model: k26,
      asks: { response_format: format(schema) },
      getsMessages: inWords,
      gets: { response_format: { type: 'json_object' } },
      drops: ['response_format.json_schema'],
    }),
    requestFixture({
      name: 'a schema in its own subset to one that does',
      model: k3,
      asks: { response_format: format({ $schema: 'x', ...schema }) },
      gets: { response_format: format(schema) },
    }),
  ],
  answers: [
    {
      name: 'Kimi, with tokens from its cache',
      body: '{"id":"chatcmpl-6a1","object":"chat.completion","created":1785880001,"model":"kimi-k2.6","choices":[{"index":0,"message":{"role":"assistant","content":"There are three.","reasoning_content":"Let me count the letters carefully."},"finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":30,"total_tokens":50,"cached_tokens":10,"completion_tokens_details":{"reasoning_tokens":22}}}',
      found: {
        text: 'There are three.',
        reasoning: 'Let me count the letters carefully.',
        finishReason: 'stop',
        id: 'chatcmpl-6a1',
        usage: { inputTokens: 20, outputTokens: 30, cachedInputTokens: 10, reasoningTokens: 22 },
      },
    },
  ],
  streams: [
    {
      name: 'Kimi, with its usage within the choice',
      body: `data: {"id":"chatcmpl-6a2","object":"chat.completion.chunk","created":1785880003,"model":"kimi-k2.6","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"system_fingerprint":"fpv0_3d7f4c21"}

data: {"id":"chatcmpl-6a2","object":"chat.completion.chunk","created":1785880003,"model":"kimi-k2.6","choices":[{"index":0,"delta":{"reasoning_content":"Thinking"},"finish_reason":null}],"system_fingerprint":"fpv0_3d7f4c21"}

data: {"id":"chatcmpl-6a2","object":"chat.completion.chunk","created":1785880003,"model":"kimi-k2.6","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}],"system_fingerprint":"fpv0_3d7f4c21"}

data: {"id":"chatcmpl-6a2","object":"chat.completion.chunk","created":1785880003,"model":"kimi-k2.6","choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":19,"completion_tokens":13,"total_tokens":32,"cached_tokens":16}}],"system_fingerprint":"fpv0_3d7f4c21"}

data: [DONE]

`,
      found: {
        text: 'Hello',
        reasoning: 'Thinking',
        finishReason: 'stop',
        id: 'chatcmpl-6a2',
        usage: { inputTokens: 19, outputTokens: 13, cachedInputTokens: 16 },
      },
    },
  ],
  errors: [
    {
      name: 'a refused key',
      status: 401,
      body: '{"error":{"message":"Invalid Authentication","type":"invalid_authentication_error"}}',
      failure: { class: 'credential' },
    },
    {
      name: 'a limit by the minute',
      status: 429,
      body: '{"error":{"message":"Your account org-x<ak-y> request reached organization max RPM: 3, please try again after 1 seconds","type":"rate_limit_reached_error"}}',
      failure: { class: 'rate_limit' },
    },
    {
      name: 'an account without balance',
      status: 429,
      body: '{"error":{"message":"Your account org-x is suspended, please check your plan and billing details","type":"exceeded_current_quota_error"}}',
      failure: { class: 'quota' },
    },
    {
      name: 'a temperature that is not its own',
      status: 400,
      body: '{"error":{"message":"invalid temperature: only 1 is allowed for this model","type":"invalid_request_error"}}',
      failure: { class: 'caller_fault' },
    },
    {
      name: 'a prompt that is too long',
      status: 400,
      body: '{"error":{"message":"Invalid request: Your request exceeded model token limit: 262144 (requested: 300000)","type":"invalid_request_error"}}',
      failure: { class: 'context_window' },
    },
    {
      name: 'content that is declined',
      status: 400,
      body: '{"error":{"message":"The request was rejected because it was considered high risk","type":"content_filter"}}',
      failure: { class: 'content_policy' },
    },
    {
      name: 'a model that is not there',
      status: 404,
      body: '{"error":{"message":"Not found the model kimi-k9 or Permission denied","type":"resource_not_found_error"}}',
      failure: { class: 'model_unavailable' },
    },
  ],
}
