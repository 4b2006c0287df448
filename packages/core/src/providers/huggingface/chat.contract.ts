import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { conversation, requestFixture } from '../request-fixture.contract.ts'

/** As huggingface.co/docs/inference-providers shows its answers; errors as its router was seen to tell them. */
export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'whatever the servers behind it may know',
      model: 'openai/gpt-oss-120b:cheapest',
      asks: { temperature: 0.2, top_logprobs: 2, seed: 7 },
    }),
    requestFixture({
      name: 'no choice of tools where there are none',
      asks: { tools: [], tool_choice: 'auto' },
      gets: {},
    }),
    requestFixture({ name: 'a conversation as it is', messages: conversation({}) }),
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
      name: 'a plain model',
      body: '{"id":"h1","object":"chat.completion","created":1765000000,"model":"openai/gpt-oss-120b","system_fingerprint":"fp_1","choices":[{"index":0,"message":{"role":"assistant","content":"Hello!","reasoning":"A greeting."},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":72,"completion_tokens":30,"total_tokens":102}}',
      found: {
        text: 'Hello!',
        reasoning: 'A greeting.',
        finishReason: 'stop',
        id: 'h1',
        usage: { inputTokens: 72, outputTokens: 30 },
      },
    },
  ],
  streams: [
    {
      name: 'a plain model',
      body: `data: {"id":"h2","object":"chat.completion.chunk","created":1765000001,"model":"meta-llama/Llama-3.3-70B-Instruct","system_fingerprint":"3.2.1-native","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello!"},"logprobs":null,"finish_reason":null}],"usage":null}

data: {"id":"h2","object":"chat.completion.chunk","created":1765000001,"model":"meta-llama/Llama-3.3-70B-Instruct","system_fingerprint":"3.2.1-native","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":"stop"}],"usage":null}

data: {"id":"h2","object":"chat.completion.chunk","created":1765000001,"model":"meta-llama/Llama-3.3-70B-Instruct","system_fingerprint":"3.2.1-native","choices":[],"usage":{"prompt_tokens":36,"completion_tokens":3,"total_tokens":39}}

data: [DONE]

`,
      found: { text: 'Hello!', finishReason: 'stop', id: 'h2', usage: { inputTokens: 36, outputTokens: 3 } },
    },
  ],
  errors: [
    {
      name: 'a refused token',
      status: 401,
      body: '{"error":"Invalid username or password."}',
      failure: { class: 'credential' },
    },
    {
      name: 'an account whose credits are used up',
      status: 402,
      body: '{"error":"You have exceeded your monthly included credits for Inference Providers. Subscribe to PRO to get 20x more monthly included credits."}',
      failure: { class: 'quota' },
    },
    {
      name: 'a model that nobody behind it serves',
      status: 400,
      body: '{"error":{"message":"The requested model \'acme/x\' is not supported by any provider you have enabled.","type":"invalid_request_error","param":"model","code":"model_not_supported"}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a model that there is not',
      status: 400,
      body: '{"error":{"message":"The requested model \'acme/x\' does not exist","type":"invalid_request_error","param":"model","code":"model_not_found"}}',
      failure: { class: 'model_unavailable' },
    },
    { name: 'a limit', status: 429, body: '{"error":"Too Many Requests"}', failure: { class: 'rate_limit' } },
  ],
}
