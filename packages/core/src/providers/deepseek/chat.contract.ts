import { readFileSync } from 'node:fs'
import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { conversation, requestFixture, weather } from '../request-fixture.contract.ts'

const fixture = (name: string): string => readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8')

const v4 = 'deepseek-v4-flash'
const schema = { type: 'object', properties: { a: { type: 'integer' } } }
const named = { type: 'function', function: { name: 'weather' } }
const tools = [weather]

export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what it takes, and no more',
      model: v4,
      asks: {
        max_completion_tokens: 9,
        temperature: 0.3,
        seed: 7,
        n: 2,
        stop: ['a'],
        logprobs: true,
        logit_bias: { 5: 1 },
        parallel_tool_calls: false,
        user: 'u-1',
        store: true,
        odd: 1,
      },
      gets: { max_tokens: 9, temperature: 0.3, stop: ['a'], logprobs: true, user_id: 'u-1' },
      drops: ['seed', 'n', 'logit_bias', 'parallel_tool_calls', 'store', 'odd'],
    }),
    requestFixture({
      name: 'no user that its ids have no letters for',
      model: v4,
      asks: { user: 'a@example.com' },
      gets: {},
      drops: ['user'],
    }),
    requestFixture({
      name: 'a stream, asking for usage and nothing else',
      model: v4,
      asks: { stream: true, stream_options: { include_usage: false, include_obfuscation: false } },
      gets: { stream: true, stream_options: { include_usage: true } },
    }),
    requestFixture({
      name: 'the developer’s message as the system’s',
      model: v4,
      messages: [
        { role: 'developer', content: 'Be kind.' },
        { role: 'user', content: 'Hi' },
      ],
      getsMessages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Hi' },
      ],
    }),
    requestFixture({
      name: 'reasoning with every turn, if only an empty one',
      model: v4,
      messages: conversation({}),
      getsMessages: conversation({ reasoning_content: '' }),
    }),
    requestFixture({
      name: 'the reasoning of a turn under its name',
      model: v4,
      messages: conversation({ reasoning: 'Hm' }),
      getsMessages: conversation({ reasoning_content: 'Hm' }),
    }),
    requestFixture({
      name: 'a turn with its reasoning',
      model: v4,
      messages: conversation({ reasoning_content: 'Hm' }),
    }),
    requestFixture({
      name: 'no reasoning to a model of the first generation',
      model: 'deepseek-reasoner',
      messages: conversation({
        reasoning_content: 'Hm',
        reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }],
        thinking_blocks: [],
        extra_content: { google: {} },
      }),
      getsMessages: conversation({}),
    }),
    ...[
      { effort: 'none', gets: { thinking: { type: 'disabled' } } },
      { effort: 'minimal', gets: { reasoning_effort: 'low' } },
      { effort: 'medium', gets: { reasoning_effort: 'high' } },
      { effort: 'high', gets: { reasoning_effort: 'high' } },
      { effort: 'xhigh', gets: { reasoning_effort: 'max' } },
    ].map(({ effort, gets }) =>
      requestFixture({ name: `the effort "${effort}"`, model: v4, asks: { reasoning_effort: effort }, gets }),
    ),
    requestFixture({
      name: 'thinking, whose word counts',
      model: v4,
      asks: { thinking: { type: 'disabled', budget_tokens: 5 }, reasoning_effort: 'high' },
      gets: { thinking: { type: 'disabled' } },
    }),
    requestFixture({
      name: 'no thinking of a kind that it does not know',
      model: v4,
      asks: { thinking: { type: 'adaptive' } },
      gets: {},
      drops: ['thinking'],
    }),
    requestFixture({
      name: 'a forced call, for which it must not think',
      model: v4,
      asks: { tools, tool_choice: named },
      gets: { tools, tool_choice: named, thinking: { type: 'disabled' } },
    }),
    requestFixture({
      name: 'no forced call when it shall think',
      model: v4,
      asks: { tools, tool_choice: 'required', reasoning_effort: 'high' },
      gets: { tools, reasoning_effort: 'high' },
      drops: ['tool_choice'],
    }),
    requestFixture({
      name: 'a forced call when it shall not think',
      model: v4,
      asks: { tools, tool_choice: 'required', reasoning_effort: 'none' },
      gets: { tools, tool_choice: 'required', thinking: { type: 'disabled' } },
    }),
    requestFixture({ name: 'a choice that is none', model: v4, asks: { tools, tool_choice: 'auto' }, gets: { tools } }),
    requestFixture({ name: 'no empty list of tools', model: v4, asks: { tools: [], tool_choice: 'auto' }, gets: {} }),
    requestFixture({
      name: 'a schema in words',
      model: v4,
      asks: { response_format: { type: 'json_schema', json_schema: { name: 'a', schema } } },
      getsMessages: [
        {
          role: 'system',
          content: `Answer with a JSON object that fits this JSON schema, and nothing else:\n${JSON.stringify(schema)}`,
        },
        { role: 'user', content: 'Hi' },
      ],
      gets: { response_format: { type: 'json_object' } },
      drops: ['response_format.json_schema'],
    }),
    requestFixture({ name: 'JSON without a schema', model: v4, asks: { response_format: { type: 'json_object' } } }),
  ],
  answers: [
    {
      name: 'an answer behind the blank lines of a queue',
      body: `\n\n\n${fixture('reasoning.json')}`,
      found: {
        text: 'Three.',
        reasoning: 'Count the letters: s-t-r-a-w-b-e-r-r-y.',
        finishReason: 'stop',
        id: '0d6c6a5e',
        usage: { inputTokens: 18, outputTokens: 345, cachedInputTokens: 16, reasoningTokens: 315 },
      },
    },
  ],
  badAnswers: [
    {
      name: 'an answer that its system could not finish',
      body: '{"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"insufficient_system_resource"}]}',
      failure: { class: 'transient' },
    },
  ],
  streams: [
    {
      name: 'an answer that was waited for',
      body: fixture('reasoning.sse'),
      found: {
        text: 'Three.',
        reasoning: 'Count them.',
        finishReason: 'stop',
        id: '7c2f1b9a',
        usage: { inputTokens: 18, outputTokens: 11, cachedInputTokens: 0, reasoningTokens: 6 },
      },
    },
    {
      name: 'a tool called',
      body: fixture('tools.sse'),
      found: {
        tools: [['weather', '{"city": "Paris"}']],
        finishReason: 'tool_calls',
        usage: { inputTokens: 339, outputTokens: 83, cachedInputTokens: 256 },
      },
    },
  ],
  brokenStreams: [
    {
      name: 'its system',
      body: 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"insufficient_system_resource"}]}\n\n',
      failure: { class: 'transient' },
    },
  ],
  errors: [
    {
      name: 'an account without balance',
      status: 402,
      body: '{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}',
      failure: { class: 'quota' },
    },
    {
      name: 'a refused key',
      status: 401,
      body: '{"error":{"message":"Authentication Fails, Your api key: ****1234 is invalid","type":"authentication_error","param":null,"code":"invalid_request_error"}}',
      failure: { class: 'credential' },
    },
    {
      name: 'a choice of tools that its thinking forbids',
      status: 400,
      body: '{"error":{"message":"Thinking mode does not support this tool_choice","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}',
      failure: { class: 'caller_fault', quote: 'Thinking mode does not support this tool_choice' },
    },
    {
      name: 'a prompt that is too long',
      status: 400,
      body: '{"error":{"message":"This model\'s maximum context length is 1048576 tokens. However, you requested 1048600 tokens","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}',
      failure: { class: 'context_window' },
    },
    {
      name: 'an overload',
      status: 503,
      body: '{"error":{"message":"Service is too busy"}}',
      failure: { class: 'transient' },
    },
  ],
}
