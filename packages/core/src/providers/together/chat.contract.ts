import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { requestFixture } from '../request-fixture.contract.ts'

export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what it does not know either',
      asks: { temperature: 0.2, repetition_penalty: 1.1, safety_model: 'm', user: 'u', reasoning: { enabled: false } },
    }),
    requestFixture({
      name: 'the limit under the name that it knows',
      asks: { max_completion_tokens: 9, max_tokens: 8 },
      gets: { max_tokens: 9 },
    }),
    requestFixture({
      name: 'the developer’s message as the system’s',
      messages: [{ role: 'developer', content: 'Be kind.' }],
      getsMessages: [{ role: 'system', content: 'Be kind.' }],
    }),
  ],
  answers: [
    {
      name: 'a model that ends in its own words',
      body: '{"id":"oDhT9pF-4YNCb4-96d3","object":"chat.completion","created":1757000000,"model":"meta-llama/Llama-3.3-70B-Instruct-Turbo","prompt":[],"choices":[{"finish_reason":"eos","seed":1234567890123456789,"logprobs":null,"index":0,"message":{"role":"assistant","content":"Hi.","tool_calls":[],"reasoning":"Short."}}],"usage":{"prompt_tokens":36,"completion_tokens":3,"total_tokens":39,"cached_tokens":0},"metadata":{"weight_version":"default"}}',
      found: {
        text: 'Hi.',
        reasoning: 'Short.',
        finishReason: 'stop',
        id: 'oDhT9pF-4YNCb4-96d3',
        usage: { inputTokens: 36, outputTokens: 3, cachedInputTokens: 0 },
      },
    },
  ],
  streams: [
    {
      name: 'a model that thinks, and ends in its own words',
      body: `data: {"id":"oDhT9rK-96d4","object":"chat.completion.chunk","created":1757000001,"choices":[{"index":0,"text":"","logprobs":null,"finish_reason":null,"delta":{"token_id":null,"role":"assistant","content":"","reasoning":"Well"}}],"model":"openai/gpt-oss-120b","usage":null}

data: {"id":"oDhT9rK-96d4","object":"chat.completion.chunk","created":1757000001,"choices":[{"index":0,"text":"Hi","logprobs":null,"finish_reason":null,"delta":{"token_id":13347,"role":"assistant","content":"Hi","reasoning":null}}],"model":"openai/gpt-oss-120b","usage":null}

data: {"id":"oDhT9rK-96d4","object":"chat.completion.chunk","created":1757000001,"choices":[{"index":0,"text":"","seed":42,"logprobs":null,"finish_reason":"eos","delta":{"token_id":200002,"role":"assistant","content":""}}],"model":"openai/gpt-oss-120b","usage":{"prompt_tokens":68,"completion_tokens":12,"total_tokens":80}}

data: [DONE]

`,
      found: {
        text: 'Hi',
        reasoning: 'Well',
        finishReason: 'stop',
        id: 'oDhT9rK-96d4',
        usage: { inputTokens: 68, outputTokens: 12 },
      },
    },
  ],
  errors: [
    {
      name: 'a model that it does not serve',
      status: 404,
      body: '{"id":"oDhTB","error":{"message":"Unable to access model gpt-4o. Please visit https://api.together.ai/models to view the list of supported models.","type":"invalid_request_error","param":null,"code":"model_not_available"}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a model that it serves to tenants only',
      status: 400,
      body: '{"id":"oDhTC","error":{"message":"Unable to access non-serverless model x. Please visit y to create and start a new dedicated endpoint.","type":"invalid_request_error","param":null,"code":"model_not_available"}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a prompt that is too long',
      status: 422,
      body: '{"id":"oDhTD","error":{"message":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 131073. Given: 131000 `inputs` tokens and 2000 `max_new_tokens`","type":"invalid_request_error","param":"max_tokens","code":null}}',
      failure: { class: 'context_window' },
    },
    {
      name: 'a refused key',
      status: 401,
      body: '{"error":{"message":"Invalid API key provided. You can find your API key at https://api.together.ai/settings/api-keys.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}',
      failure: { class: 'credential' },
    },
    {
      name: 'a limit',
      status: 429,
      body: '{"error":{"message":"You have reached the rate limit","type":"rate_limit"}}',
      failure: { class: 'rate_limit' },
    },
  ],
}
