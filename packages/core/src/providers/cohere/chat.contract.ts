import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { conversation, requestFixture } from '../request-fixture.contract.ts'

/** Its API in OpenAI's shape, as docs.cohere.com/docs/compatibility-api shows it; errors as docs.cohere.com/reference/errors tells them. */
export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what it takes, and no more',
      asks: {
        temperature: 0.2,
        seed: 7,
        stop: ['a'],
        logit_bias: { 5: 1 },
        n: 2,
        user: 'u',
        service_tier: 'flex',
        parallel_tool_calls: false,
      },
      gets: { temperature: 0.2, seed: 7, stop: ['a'] },
      drops: ['logit_bias', 'n', 'user', 'service_tier', 'parallel_tool_calls'],
    }),
    requestFixture({ name: 'one answer, which is all there is', asks: { n: 1 }, gets: {} }),
    requestFixture({ name: 'no choice of tools', asks: { tool_choice: 'auto' }, gets: {} }),
    requestFixture({
      name: 'no choice that it cannot make',
      asks: { tool_choice: 'required' },
      gets: {},
      drops: ['tool_choice'],
    }),
    ...[
      { effort: 'none', gets: { reasoning_effort: 'none' } },
      { effort: 'low', gets: { reasoning_effort: 'high' } },
    ].map(({ effort, gets }) =>
      requestFixture({ name: `the effort "${effort}"`, asks: { reasoning_effort: effort }, gets }),
    ),
    requestFixture({
      name: 'nothing of what a model has thought',
      messages: conversation({ reasoning_content: 'Hm' }),
      getsMessages: conversation({}),
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
      name: 'a call of a tool',
      body: '{"id":"c1","object":"chat.completion","created":1765000000,"model":"command-a-03-2025","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":"I will look up the weather.","tool_calls":[{"id":"weather0","type":"function","function":{"name":"weather","arguments":"{}"}}]},"logprobs":null}],"usage":{"prompt_tokens":36,"completion_tokens":20,"total_tokens":56}}',
      found: {
        text: 'I will look up the weather.',
        tools: [['weather', '{}']],
        finishReason: 'tool_calls',
        id: 'c1',
        usage: { inputTokens: 36, outputTokens: 20 },
      },
    },
  ],
  streams: [
    {
      name: 'a plain model',
      body: `data: {"id":"c2","object":"chat.completion.chunk","created":1765000001,"model":"command-a-03-2025","choices":[{"index":0,"finish_reason":null,"delta":{"role":"assistant","content":""}}]}

data: {"id":"c2","object":"chat.completion.chunk","created":1765000001,"model":"command-a-03-2025","choices":[{"index":0,"finish_reason":null,"delta":{"content":"Hello!"}}]}

data: {"id":"c2","object":"chat.completion.chunk","created":1765000001,"model":"command-a-03-2025","choices":[{"index":0,"finish_reason":"stop","delta":{}}]}

data: {"id":"c2","object":"chat.completion.chunk","created":1765000001,"model":"command-a-03-2025","choices":[],"usage":{"prompt_tokens":6,"completion_tokens":3,"total_tokens":9}}

data: [DONE]

`,
      found: { text: 'Hello!', finishReason: 'stop', id: 'c2', usage: { inputTokens: 6, outputTokens: 3 } },
    },
  ],
  errors: [
    { name: 'a refused key', status: 401, body: '{"message":"invalid api token"}', failure: { class: 'credential' } },
    {
      name: 'an account at its limit',
      status: 402,
      body: '{"message":"Please add or update your payment method at https://dashboard.cohere.com/billing?tab=payment to continue"}',
      failure: { class: 'quota' },
    },
    {
      name: 'content that it declines',
      status: 498,
      body: '{"message":"The request has been blocked as it potentially violates the Usage Guidelines."}',
      failure: { class: 'content_policy' },
    },
    {
      name: 'a model that it has not',
      status: 404,
      body: '{"message":"model \'command-x\' not found, make sure the correct model ID was used and that you have access to the model."}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a prompt that is too long',
      status: 400,
      body: '{"message":"too many tokens: total number of tokens in the prompt cannot exceed 256000 - received 300000. Try using a shorter prompt."}',
      failure: { class: 'context_window' },
    },
    {
      name: 'a trial key at its limit',
      status: 429,
      body: '{"message":"You are using a Trial key, which is limited to 20 API calls / minute. You can continue to use the Trial key for free or upgrade to a Production key with higher rate limits at \'https://dashboard.cohere.com/api-keys\'."}',
      failure: { class: 'rate_limit' },
    },
  ],
}
