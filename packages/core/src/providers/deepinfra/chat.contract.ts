import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { conversation, requestFixture } from '../request-fixture.contract.ts'

/** As deepinfra.com/docs shows its answers and errors; counts as the Vercel AI SDK has found them. */
export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what it does not know either',
      asks: { temperature: 0.2, repetition_penalty: 1.1, service_tier: 'priority', user: 'u' },
    }),
    requestFixture({
      name: 'an effort as it knows it',
      asks: { reasoning_effort: 'minimal' },
      gets: { reasoning_effort: 'low' },
    }),
    requestFixture({ name: 'a conversation as it is', messages: conversation({ reasoning_content: 'Hm' }) }),
    requestFixture({
      name: 'the developer’s message as the system’s, and the limit under the name that it knows',
      messages: [{ role: 'developer', content: 'Be kind.' }],
      getsMessages: [{ role: 'system', content: 'Be kind.' }],
      asks: { max_completion_tokens: 9, max_tokens: 8 },
      gets: { max_tokens: 9 },
    }),
    requestFixture({
      name: 'a stream, asking for usage',
      asks: { stream: true },
      gets: { stream: true, stream_options: { include_usage: true } },
    }),
  ],
  answers: [
    {
      name: 'a plain model, with what it costs',
      body: '{"id":"chatcmpl-guMTxWgpFf","object":"chat.completion","created":1694623155,"model":"meta-llama/Meta-Llama-3.1-8B-Instruct","choices":[{"index":0,"message":{"role":"assistant","content":"Hello!","name":null,"tool_calls":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":15,"completion_tokens":16,"total_tokens":31,"estimated_cost":2.68e-05}}',
      found: {
        text: 'Hello!',
        finishReason: 'stop',
        id: 'chatcmpl-guMTxWgpFf',
        usage: { inputTokens: 15, outputTokens: 16 },
      },
    },
    {
      name: 'a model that thinks, and counts that beside its answer',
      body: '{"id":"d2","object":"chat.completion","created":1694623156,"model":"google/gemini-2.5-pro","choices":[{"index":0,"message":{"role":"assistant","content":"Hello!","reasoning_content":"A greeting."},"finish_reason":"stop"}],"usage":{"prompt_tokens":19,"completion_tokens":84,"total_tokens":1184,"prompt_tokens_details":null,"completion_tokens_details":{"reasoning_tokens":1081}}}',
      found: {
        text: 'Hello!',
        reasoning: 'A greeting.',
        finishReason: 'stop',
        usage: { inputTokens: 19, outputTokens: 1165, reasoningTokens: 1081 },
      },
    },
  ],
  streams: [
    {
      name: 'a plain model',
      body: `data: {"id":"d3","object":"chat.completion.chunk","created":1694623157,"model":"meta-llama/Meta-Llama-3.1-8B-Instruct","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

data: {"id":"d3","object":"chat.completion.chunk","created":1694623157,"model":"meta-llama/Meta-Llama-3.1-8B-Instruct","choices":[{"index":0,"delta":{"content":"Hello!"},"finish_reason":null}]}

data: {"id":"d3","object":"chat.completion.chunk","created":1694623157,"model":"meta-llama/Meta-Llama-3.1-8B-Instruct","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

data: {"id":"d3","object":"chat.completion.chunk","created":1694623157,"model":"meta-llama/Meta-Llama-3.1-8B-Instruct","choices":[],"usage":{"prompt_tokens":15,"completion_tokens":3,"total_tokens":18,"estimated_cost":2.1e-06}}

data: [DONE]

`,
      found: { text: 'Hello!', finishReason: 'stop', id: 'd3', usage: { inputTokens: 15, outputTokens: 3 } },
    },
  ],
  errors: [
    { name: 'a refused key', status: 401, body: '{"detail":"invalid api token"}', failure: { class: 'credential' } },
    {
      name: 'an account without money',
      status: 402,
      body: '{"detail":{"error":"inference prohibited, please enter a payment method at: https://deepinfra.com/dash/billing"}}',
      failure: { class: 'quota' },
    },
    {
      name: 'a model that it does not serve',
      status: 404,
      body: '{"error":{"message":"The model `x` does not exist","type":"invalid_request_error","param":"model","code":"model_not_found"}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a model that is busy',
      status: 429,
      body: '{"detail":{"error":"Model busy, retry later"}}',
      failure: { class: 'rate_limit' },
    },
  ],
}
