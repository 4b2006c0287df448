import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { requestFixture, weather } from '../request-fixture.contract.ts'

const OF_CLOCK = "refused the signature for its time: set the clock of the gateway's machine, which is minutes off"

const kind = (name: string) => ({
  'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
})

const requests = [
  requestFixture({
    name: 'every field to a model with open weights',
    model: 'openai.gpt-oss-120b-1:0',
    asks: { max_tokens: 5, temperature: 0, reasoning_effort: 'low', tools: [weather] },
  }),
  requestFixture({
    name: 'the newer limit to a model that has it at OpenAI',
    model: 'us.openai.gpt-5.6-sol',
    asks: { max_tokens: 5, temperature: 0.2 },
    gets: { max_completion_tokens: 5 },
    drops: ['temperature'],
  }),
]

export const fixtures: ProviderFixtures = {
  requests: requests.map((request) => ({ ...request, path: '/openai/v1/chat/completions' })),
  answers: [
    {
      name: 'a model with open weights',
      body: '{"choices":[{"finish_reason":"stop","index":0,"logprobs":null,"message":{"content":"<reasoning>They greet.</reasoning>Hello!","refusal":null,"role":"assistant"}}],"created":1757000000,"id":"chatcmpl-3e1f","model":"openai.gpt-oss-120b-1:0","object":"chat.completion","service_tier":"default","system_fingerprint":"","usage":{"completion_tokens":34,"prompt_tokens":72,"total_tokens":106}}',
      found: {
        text: '<reasoning>They greet.</reasoning>Hello!',
        finishReason: 'stop',
        id: 'chatcmpl-3e1f',
        usage: { inputTokens: 72, outputTokens: 34, serviceTier: 'default' },
      },
    },
  ],
  streams: [
    {
      name: 'a model with open weights',
      body: `data: {"choices":[{"delta":{"content":"","role":"assistant"},"finish_reason":null,"index":0}],"created":1757000001,"id":"chatcmpl-77b0","model":"openai.gpt-oss-20b-1:0","object":"chat.completion.chunk","service_tier":"default","system_fingerprint":""}

data: {"choices":[{"delta":{"content":"Hello!"},"finish_reason":null,"index":0}],"created":1757000001,"id":"chatcmpl-77b0","model":"openai.gpt-oss-20b-1:0","object":"chat.completion.chunk","service_tier":"default","system_fingerprint":""}

data: {"choices":[{"delta":{},"finish_reason":"stop","index":0}],"created":1757000001,"id":"chatcmpl-77b0","model":"openai.gpt-oss-20b-1:0","object":"chat.completion.chunk","service_tier":"default","system_fingerprint":""}

data: {"choices":[],"created":1757000001,"id":"chatcmpl-77b0","model":"openai.gpt-oss-20b-1:0","object":"chat.completion.chunk","service_tier":"default","system_fingerprint":"","usage":{"completion_tokens":9,"prompt_tokens":70,"total_tokens":79}}

data: [DONE]

`,
      found: {
        text: 'Hello!',
        finishReason: 'stop',
        id: 'chatcmpl-77b0',
        usage: { inputTokens: 70, outputTokens: 9 },
      },
    },
  ],
  errors: [
    {
      name: 'a key that it refuses',
      status: 403,
      headers: kind('AccessDeniedException'),
      body: '{"Message":"Authentication failed: Please make sure your API Key is valid."}',
      failure: { class: 'credential', quote: undefined },
    },
    {
      name: 'a signature made by a clock that is wrong',
      status: 403,
      headers: kind('InvalidSignatureException'),
      body: '{"message":"Signature expired: 20261130T070000Z is now earlier than 20261130T070500Z (20261130T071000Z - 5 min.)"}',
      failure: {
        class: 'credential',
        quote: undefined,
        mayBeBilled: false,
        message: OF_CLOCK,
      },
    },
    {
      name: 'a signature made by a clock that is ahead, as other services of Amazon’s say it',
      status: 403,
      headers: kind('SignatureDoesNotMatch'),
      body: '{"message":"Signature not yet current: 20261130T071501Z is still later than 20261130T071500Z (20261130T071000Z + 5 min.)"}',
      failure: { class: 'credential', message: OF_CLOCK },
    },
    {
      name: 'a signature that is too old, by its kind alone',
      status: 400,
      headers: kind('RequestTimeTooSkewed'),
      body: '{"message":"The difference between the request time and the current time is too large."}',
      failure: { class: 'credential', mayBeBilled: false, message: OF_CLOCK },
    },
    {
      name: 'a signature that a wrong secret has made',
      status: 403,
      headers: kind('SignatureDoesNotMatch'),
      body: '{"message":"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method."}',
      failure: { class: 'credential', message: "refused the gateway's key" },
    },
    {
      name: 'a model that the account may not use, which says nothing against the key',
      status: 403,
      headers: kind('AccessDeniedException'),
      body: '{"message":"You don\'t have access to the model with the specified model ID."}',
      failure: { class: 'model_unavailable', status: 403 },
    },
    {
      name: 'a model that is not there',
      status: 400,
      headers: kind('ValidationException'),
      body: '{"message":"The provided model identifier is invalid."}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a model that is served under a profile only',
      status: 400,
      headers: kind('ValidationException'),
      body: '{"message":"Invocation of model ID anthropic.claude-sonnet-4-20250514-v1:0 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model."}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a prompt that is too long',
      status: 400,
      headers: kind('ValidationException'),
      body: '{"message":"Input is too long for requested model."}',
      failure: { class: 'context_window' },
    },
    {
      name: 'a limit by the minute',
      status: 429,
      headers: kind('ThrottlingException'),
      body: '{"message":"Too many requests, please wait before trying again."}',
      failure: { class: 'rate_limit' },
    },
    {
      name: "the account's quota for a model",
      status: 400,
      headers: kind('ServiceQuotaExceededException'),
      body: '{"message":"Your request exceeds the service quota for your account."}',
      failure: { class: 'rate_limit', status: 400 },
    },
    {
      name: 'a model that is still being loaded',
      status: 429,
      headers: kind('ModelNotReadyException'),
      body: '{"message":"The model is not ready yet."}',
      failure: { class: 'transient', status: 429 },
    },
    {
      name: 'a model that took too long',
      status: 408,
      headers: kind('ModelTimeoutException'),
      body: '{"message":"Model has timed out in processing the request. Try your request again."}',
      failure: { class: 'timeout', mayBeBilled: true },
    },
    {
      name: 'a field that is wrong, as OpenAI says it',
      status: 400,
      body: '{"error":{"code":"validation_error","message":"max_completion_tokens: must be greater than 0","param":null,"type":"invalid_request_error"}}',
      failure: { class: 'caller_fault', quote: 'max_completion_tokens: must be greater than 0' },
    },
  ],
}
