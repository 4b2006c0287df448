import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { requestFixture, weather } from '../request-fixture.contract.ts'

const tools = [weather]
const anyObject = { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' } } }

export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what it takes, and no more',
      asks: {
        max_tokens: 9,
        temperature: 0.2,
        top_k: 5,
        tools,
        tool_choice: 'required',
        stop: ['a'],
        seed: 1,
        n: 1,
        user: 'u',
      },
      gets: { max_completion_tokens: 9, temperature: 0.2, top_k: 5, tools, tool_choice: 'required' },
      drops: ['stop', 'seed', 'user'],
    }),
    requestFixture({
      name: 'JSON by a schema of any object',
      asks: { response_format: { type: 'json_object' } },
      gets: { response_format: anyObject },
    }),
    requestFixture({ name: 'a schema', asks: { response_format: anyObject } }),
    requestFixture({
      name: 'roles and history as it knows them',
      messages: [
        { role: 'developer', content: 'Be kind.' },
        { role: 'assistant', content: 'Hello', reasoning_content: 'Hm' },
        { role: 'user', content: 'Hi' },
      ],
      getsMessages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: 'Hi' },
      ],
    }),
  ],
  answers: [
    {
      name: 'a plain model',
      body: '{"id":"AiMKd2","object":"chat.completion","created":1746200000,"model":"Llama-3.3-70B-Instruct","choices":[{"index":0,"message":{"role":"assistant","content":"Hello!","refusal":""},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":16,"completion_tokens":3,"total_tokens":19}}',
      found: { text: 'Hello!', finishReason: 'stop', id: 'AiMKd2', usage: { inputTokens: 16, outputTokens: 3 } },
    },
  ],
  streams: [
    {
      name: 'a plain model',
      body: `data: {"id":"AiMKd3","object":"chat.completion.chunk","created":1746200001,"model":"Llama-3.3-70B-Instruct","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]}

data: {"id":"AiMKd3","object":"chat.completion.chunk","created":1746200001,"model":"Llama-3.3-70B-Instruct","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}]}

data: {"id":"AiMKd3","object":"chat.completion.chunk","created":1746200001,"model":"Llama-3.3-70B-Instruct","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":16,"completion_tokens":3,"total_tokens":19}}

data: [DONE]

`,
      found: { text: 'Hello', finishReason: 'stop', id: 'AiMKd3', usage: { inputTokens: 16, outputTokens: 3 } },
    },
  ],
  errors: [
    {
      name: 'a model that the key may not use',
      status: 403,
      body: '{"error":{"message":"The requested model is not available for your application","type":"permission_error","code":"403"}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a field that is wrong',
      status: 400,
      body: '{"title":"Bad Request","detail":"messages: Input should be a valid list","status":400}',
      failure: { class: 'caller_fault', quote: 'messages: Input should be a valid list' },
    },
    {
      name: 'a limit',
      status: 429,
      headers: { 'retry-after': '5' },
      body: '',
      failure: { class: 'rate_limit', retryAfterMs: 5000 },
    },
  ],
}
