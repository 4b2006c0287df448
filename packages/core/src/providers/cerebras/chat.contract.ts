import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { conversation, requestFixture, weather } from '../request-fixture.contract.ts'

const oss = 'gpt-oss-120b'
const glm = 'zai-glm-4.7'

/** Replies as its reference shows them (inference-docs.cerebras.ai/api-reference/chat-completions), and as it was seen to err. */
export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what it takes, and no more',
      asks: { max_tokens: 9, temperature: 0.2, seed: 7, frequency_penalty: 1, presence_penalty: 1, n: 2, top_k: 4 },
      gets: { max_completion_tokens: 9, temperature: 0.2, seed: 7 },
      drops: ['frequency_penalty', 'presence_penalty', 'n', 'top_k'],
    }),
    requestFixture({ name: 'a penalty of nothing', asks: { frequency_penalty: 0, presence_penalty: 0 }, gets: {} }),
    requestFixture({
      name: 'a stream, asking for usage',
      asks: { stream: true },
      gets: { stream: true, stream_options: { include_usage: true } },
    }),
    ...[
      { model: oss, effort: 'none', gets: { reasoning_effort: 'low' } },
      { model: oss, effort: 'high', gets: { reasoning_effort: 'high' } },
      { model: glm, effort: 'none', gets: { reasoning_effort: 'none' } },
      { model: glm, effort: 'high', gets: {} },
    ].map(({ model, effort, gets }) =>
      requestFixture({ name: `the effort "${effort}" to ${model}`, model, asks: { reasoning_effort: effort }, gets }),
    ),
    requestFixture({
      name: 'what a model has thought, under its own name',
      model: oss,
      asks: { tools: [weather] },
      messages: conversation({ reasoning_content: 'Hm' }),
      getsMessages: conversation({ reasoning: 'Hm' }),
    }),
    requestFixture({
      name: 'what a model has thought, under its own name already',
      model: oss,
      messages: conversation({ reasoning: 'Hm' }),
    }),
    requestFixture({
      name: 'the developer’s message as the system’s',
      messages: [{ role: 'developer', content: 'Be kind.' }],
      getsMessages: [{ role: 'system', content: 'Be kind.' }],
    }),
  ],
  answers: [
    {
      name: 'a model that thinks',
      body: '{"id":"chatcmpl-292e278f","choices":[{"finish_reason":"stop","index":0,"message":{"content":"Hello!","reasoning":"A greeting.","role":"assistant"}}],"created":1723733419,"model":"gpt-oss-120b","system_fingerprint":"fp_70185065a4","object":"chat.completion","usage":{"prompt_tokens":12,"completion_tokens":10,"total_tokens":22,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"time_info":{"queue_time":0.00007,"prompt_time":0.001,"completion_time":0.005,"total_time":0.02,"created":1723733419}}',
      found: {
        text: 'Hello!',
        reasoning: 'A greeting.',
        finishReason: 'stop',
        id: 'chatcmpl-292e278f',
        usage: { inputTokens: 12, outputTokens: 10, cachedInputTokens: 0 },
      },
    },
    {
      name: 'a call of a tool, with tokens from its cache',
      body: '{"id":"chatcmpl-d89ba80c","choices":[{"finish_reason":"tool_calls","index":0,"message":{"reasoning":"I call it.","tool_calls":[{"function":{"name":"weather","arguments":"{}"},"type":"function","id":"85e4fd267"}],"role":"assistant"}}],"created":1779146781,"model":"zai-glm-4.7","system_fingerprint":"fp_a3","object":"chat.completion","usage":{"total_tokens":387,"completion_tokens":65,"completion_tokens_details":{"accepted_prediction_tokens":0,"rejected_prediction_tokens":0,"reasoning_tokens":58},"prompt_tokens":322,"prompt_tokens_details":{"cached_tokens":256}},"time_info":{"created":1779146781.78,"queue_time":0.002,"prompt_time":0.01,"completion_time":0.1,"total_time":0.1}}',
      found: {
        reasoning: 'I call it.',
        tools: [['weather', '{}']],
        finishReason: 'tool_calls',
        id: 'chatcmpl-d89ba80c',
        usage: { inputTokens: 322, outputTokens: 65, cachedInputTokens: 256, reasoningTokens: 58 },
      },
    },
  ],
  streams: [
    {
      name: 'a call of a tool, with its usage beside the end',
      body: `data: {"id":"chatcmpl-f4bd","choices":[{"delta":{"role":"assistant"},"index":0}],"created":1779147581,"model":"zai-glm-4.7","system_fingerprint":"fp_a3","object":"chat.completion.chunk"}

data: {"id":"chatcmpl-f4bd","choices":[{"delta":{"reasoning":"I call it."},"index":0}],"created":1779147581,"model":"zai-glm-4.7","system_fingerprint":"fp_a3","object":"chat.completion.chunk"}

data: {"id":"chatcmpl-f4bd","choices":[{"delta":{"tool_calls":[{"function":{"name":"weather","arguments":"{}"},"type":"function","id":"e0ecf32e0","index":0}]},"index":0}],"created":1779147581,"model":"zai-glm-4.7","system_fingerprint":"fp_a3","object":"chat.completion.chunk"}

data: {"id":"chatcmpl-f4bd","choices":[{"delta":{},"finish_reason":"tool_calls","index":0}],"created":1779147581,"model":"zai-glm-4.7","system_fingerprint":"fp_a3","object":"chat.completion.chunk","usage":{"total_tokens":555,"completion_tokens":122,"completion_tokens_details":{"accepted_prediction_tokens":0,"rejected_prediction_tokens":0,"reasoning_tokens":108},"prompt_tokens":433,"prompt_tokens_details":{"cached_tokens":256}},"time_info":{"created":1779147581.57,"queue_time":0.003,"prompt_time":0.01,"completion_time":0.2,"total_time":0.3}}

data: [DONE]

`,
      found: {
        reasoning: 'I call it.',
        tools: [['weather', '{}']],
        finishReason: 'tool_calls',
        id: 'chatcmpl-f4bd',
        usage: { inputTokens: 433, outputTokens: 122, cachedInputTokens: 256, reasoningTokens: 108 },
      },
    },
  ],
  errors: [
    {
      name: 'a refused key',
      status: 401,
      body: '{"message":"Wrong API Key","type":"invalid_request_error","param":"api_key","code":"wrong_api_key"}',
      failure: { class: 'credential' },
    },
    {
      name: 'a limit of requests, which is called a quota',
      status: 429,
      body: '{"message":"Requests per minute limit exceeded - too many requests sent.","type":"too_many_requests_error","param":"quota","code":"request_quota_exceeded"}',
      failure: { class: 'rate_limit' },
    },
    {
      name: 'a limit of tokens',
      status: 429,
      body: '{"message":"Tokens per minute limit exceeded - too many tokens processed.","type":"too_many_tokens_error","param":"quota","code":"token_quota_exceeded"}',
      failure: { class: 'rate_limit' },
    },
    {
      name: 'a full queue',
      status: 429,
      body: '{"message":"We\'re experiencing high traffic right now! Please try again soon.","type":"too_many_requests_error","param":"queue","code":"queue_exceeded"}',
      failure: { class: 'rate_limit' },
    },
    {
      name: 'a prompt that is too long',
      status: 400,
      body: '{"message":"Please reduce the length of the messages or completion. Current length is 8220 while limit is 8192","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}',
      failure: { class: 'context_window' },
    },
    {
      name: 'a model that it has not',
      status: 404,
      body: '{"message":"Model gpt-9 does not exist or you do not have access to it.","type":"not_found_error","param":"model","code":"model_not_found"}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a field that it does not know',
      status: 400,
      body: '{"message":"messages.2.assistant.reasoning_content: property \'messages.2.assistant.reasoning_content\' is unsupported","type":"invalid_request_error","param":"validation_error","code":"wrong_api_format"}',
      failure: { class: 'caller_fault' },
    },
    {
      name: 'an account without credit',
      status: 402,
      body: '{"message":"Payment required to access this resource.","type":"payment_required_error","param":"quota","code":"payment_required"}',
      failure: { class: 'quota' },
    },
  ],
}
