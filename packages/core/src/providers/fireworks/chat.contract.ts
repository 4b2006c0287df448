import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { conversation, requestFixture } from '../request-fixture.contract.ts'

/** As docs.fireworks.ai shows its answers and errors. */
export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what it takes, and no more',
      asks: { temperature: 0.2, top_k: 4, context_length_exceeded_behavior: 'error', store: true, verbosity: 'low' },
      gets: { temperature: 0.2, top_k: 4, context_length_exceeded_behavior: 'error' },
      drops: ['store', 'verbosity'],
    }),
    requestFixture({
      name: 'an effort as it knows it',
      asks: { reasoning_effort: 'xhigh' },
      gets: { reasoning_effort: 'high' },
    }),
    requestFixture({
      name: 'what a model has thought, without what others signed of it',
      messages: conversation({ reasoning: 'Hm', reasoning_details: [] }),
      getsMessages: conversation({ reasoning_content: 'Hm' }),
    }),
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
      name: 'a model that thinks, with tokens from its cache',
      body: '{"id":"5a1c","object":"chat.completion","created":1765000000,"model":"accounts/fireworks/models/kimi-k2p6","choices":[{"index":0,"message":{"role":"assistant","content":"Hello!","reasoning_content":"A greeting."},"finish_reason":"stop"}],"usage":{"prompt_tokens":25,"total_tokens":35,"completion_tokens":10,"prompt_tokens_details":{"cached_tokens":16}}}',
      found: {
        text: 'Hello!',
        reasoning: 'A greeting.',
        finishReason: 'stop',
        id: '5a1c',
        usage: { inputTokens: 25, outputTokens: 10, cachedInputTokens: 16 },
      },
    },
  ],
  streams: [
    {
      name: 'a plain model, with its usage beside the end',
      body: `data: {"id":"5a1d","object":"chat.completion.chunk","created":1765000001,"model":"accounts/fireworks/models/gpt-oss-20b","choices":[{"index":0,"delta":{"role":"assistant"},"finish_reason":null}],"usage":null}

data: {"id":"5a1d","object":"chat.completion.chunk","created":1765000001,"model":"accounts/fireworks/models/gpt-oss-20b","choices":[{"index":0,"delta":{"content":"Hello!"},"finish_reason":null}],"usage":null}

data: {"id":"5a1d","object":"chat.completion.chunk","created":1765000001,"model":"accounts/fireworks/models/gpt-oss-20b","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":25,"total_tokens":28,"completion_tokens":3}}

data: [DONE]

`,
      found: { text: 'Hello!', finishReason: 'stop', id: '5a1d', usage: { inputTokens: 25, outputTokens: 3 } },
    },
  ],
  errors: [
    {
      name: 'a refused key',
      status: 401,
      body: '{"error":{"object":"error","type":"invalid_request_error","code":"unauthorized","message":"The API key you provided is invalid."}}',
      failure: { class: 'credential' },
    },
    {
      name: 'a model that it does not serve',
      status: 404,
      body: '{"error":{"object":"error","type":"invalid_request_error","code":"NOT_FOUND","message":"Model not found, inaccessible, and/or not deployed"}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'an account that is suspended',
      status: 412,
      body: '{"error":{"object":"error","type":"invalid_request_error","code":"PRECONDITION_FAILED","message":"Account acme is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices. Please go to https://fireworks.ai/account/billing for more information."}}',
      failure: { class: 'quota' },
    },
    {
      name: 'a prompt that is too long',
      status: 400,
      body: '{"error":{"object":"error","type":"invalid_request_error","code":"invalid_request_error","message":"The prompt is too long: 140000, model maximum context length: 131071"}}',
      failure: { class: 'context_window' },
    },
    {
      name: 'a field that it does not know',
      status: 400,
      body: '{"error":{"object":"error","type":"invalid_request_error","code":"invalid_request_error","message":"Extra inputs are not permitted, field: \'verbosity\', value: \'low\'"}}',
      failure: { class: 'caller_fault' },
    },
    {
      name: 'a limit',
      status: 429,
      body: '{"error":{"object":"error","type":"invalid_request_error","code":"rate_limit_exceeded","message":"you exceeded your rate limit"}}',
      failure: { class: 'rate_limit' },
    },
  ],
}
