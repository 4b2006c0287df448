import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { conversation, requestFixture } from '../request-fixture.contract.ts'

const sampling = { temperature: 0.2, top_p: 0.9, logprobs: true, top_logprobs: 2 }

export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what it does not know either',
      asks: { max_tokens: 5, temperature: 0, odd: [1], user: 'u' },
    }),
    requestFixture({ name: 'no metadata of what is not stored', asks: { metadata: { a: 'b' } }, gets: {} }),
    requestFixture({ name: 'metadata of what is stored', asks: { metadata: { a: 'b' }, store: true } }),
    requestFixture({
      name: 'the newer limit to a model that thinks',
      model: 'o3-mini',
      asks: { max_tokens: 5 },
      gets: { max_completion_tokens: 5 },
    }),
    requestFixture({
      name: 'one of two limits',
      model: 'gpt-5-nano',
      asks: { max_tokens: 5, max_completion_tokens: 6 },
      gets: { max_completion_tokens: 6 },
    }),
    requestFixture({
      name: 'no sampling to a model that thinks',
      model: 'gpt-5',
      asks: { ...sampling, presence_penalty: 1, logit_bias: { 5: 1 }, parallel_tool_calls: false },
      gets: { parallel_tool_calls: false },
      drops: ['temperature', 'top_p', 'logprobs', 'top_logprobs', 'presence_penalty', 'logit_bias'],
    }),
    requestFixture({
      name: 'sampling as it is anyway',
      model: 'o1',
      asks: { temperature: 1, top_p: 1, frequency_penalty: 0, logprobs: false, n: 1 },
      gets: { temperature: 1, top_p: 1, n: 1 },
    }),
    requestFixture({
      name: 'nothing of what an answer brought from the other endpoint',
      model: 'gpt-5.6',
      messages: conversation({
        reasoning_content: 'Hm.',
        phase: 'commentary',
        reasoning_details: [{ type: 'reasoning.encrypted', data: 'gAAA', format: 'openai-responses-v1' }],
      }),
      getsMessages: conversation({}),
    }),
    requestFixture({
      name: 'no parallel calls to the o-series',
      model: 'o4-mini',
      asks: { parallel_tool_calls: false },
      gets: {},
      drops: ['parallel_tool_calls'],
    }),
    requestFixture({
      name: 'sampling to a newer model that is told not to think',
      model: 'gpt-5.2',
      asks: { reasoning_effort: 'none', ...sampling },
    }),
    requestFixture({
      name: 'no sampling to the same model otherwise',
      model: 'gpt-5.2',
      asks: { reasoning_effort: 'low', temperature: 0.2 },
      gets: { reasoning_effort: 'low' },
      drops: ['temperature'],
    }),
    requestFixture({
      name: 'sampling to the chat model',
      model: 'gpt-5-chat-latest',
      asks: { ...sampling, max_tokens: 5 },
    }),
  ],
  answers: [
    {
      name: 'a model that thinks',
      body: JSON.stringify({
        id: 'chatcmpl-Bq1',
        object: 'chat.completion',
        created: 1_752_600_000,
        model: 'gpt-5-2025-08-07',
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: 'Four.', refusal: null, annotations: [] },
            finish_reason: 'stop',
          },
        ],
        usage: {
          prompt_tokens: 11,
          completion_tokens: 74,
          total_tokens: 85,
          prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 64, audio_tokens: 0 },
        },
        service_tier: 'default',
        system_fingerprint: null,
      }),
      found: {
        text: 'Four.',
        finishReason: 'stop',
        id: 'chatcmpl-Bq1',
        usage: {
          inputTokens: 11,
          outputTokens: 74,
          cachedInputTokens: 0,
          reasoningTokens: 64,
          serviceTier: 'default',
        },
      },
    },
  ],
  streams: [
    {
      name: 'a model that obfuscates the length of its events',
      body: `data: {"id":"chatcmpl-Bq2","object":"chat.completion.chunk","created":1752600001,"model":"gpt-5-nano","service_tier":"default","system_fingerprint":null,"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null}],"usage":null,"obfuscation":"kT1"}

data: {"id":"chatcmpl-Bq2","object":"chat.completion.chunk","created":1752600001,"model":"gpt-5-nano","service_tier":"default","system_fingerprint":null,"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}],"usage":null,"obfuscation":"9aQx"}

data: {"id":"chatcmpl-Bq2","object":"chat.completion.chunk","created":1752600001,"model":"gpt-5-nano","service_tier":"default","system_fingerprint":null,"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null,"obfuscation":"r"}

data: {"id":"chatcmpl-Bq2","object":"chat.completion.chunk","created":1752600001,"model":"gpt-5-nano","service_tier":"default","system_fingerprint":null,"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":10,"total_tokens":17,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}},"obfuscation":""}

data: [DONE]

`,
      found: {
        text: 'Hi',
        finishReason: 'stop',
        id: 'chatcmpl-Bq2',
        usage: { inputTokens: 7, outputTokens: 10, cachedInputTokens: 0, reasoningTokens: 0 },
      },
    },
  ],
  errors: [
    {
      name: 'a parameter that a model does not take',
      status: 400,
      body: `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}`,
      failure: { class: 'caller_fault', param: 'max_tokens' },
    },
    {
      name: 'a model that is not there',
      status: 404,
      body: '{"error":{"message":"The model `gpt-9` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a limit by the minute',
      status: 429,
      headers: { 'retry-after-ms': '846' },
      body: '{"error":{"message":"Rate limit reached for gpt-5 in organization org-x on tokens per min (TPM)","type":"tokens","param":null,"code":"rate_limit_exceeded"}}',
      failure: { class: 'rate_limit', retryAfterMs: 846 },
    },
    {
      name: 'a prompt that is declined',
      status: 400,
      body: '{"error":{"message":"Invalid prompt: your prompt was flagged as potentially violating our usage policy.","type":"invalid_request_error","param":null,"code":"content_policy_violation"}}',
      failure: { class: 'content_policy' },
    },
  ],
}
