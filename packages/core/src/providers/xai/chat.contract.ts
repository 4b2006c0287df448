import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { conversation, requestFixture } from '../request-fixture.contract.ts'

const sampling = { presence_penalty: 1, frequency_penalty: 1, stop: ['a'] }
const left = ['presence_penalty', 'frequency_penalty', 'stop']

/** Replies as the Vercel AI SDK has recorded them; errors as docs.x.ai/docs/guides/errors and bug reports tell them. */
export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what OpenAI takes, and what is its own',
      model: 'grok-4.20-0309-non-reasoning',
      asks: { ...sampling, max_tokens: 9, temperature: 0.2, search_parameters: { mode: 'auto' }, logit_bias: { 5: 1 } },
      gets: { ...sampling, max_tokens: 9, temperature: 0.2, search_parameters: { mode: 'auto' } },
      drops: ['logit_bias'],
    }),
    requestFixture({
      name: 'no penalties and no stops to a model that thinks',
      model: 'grok-4.20-0309-reasoning',
      asks: { ...sampling, temperature: 0.2 },
      gets: { temperature: 0.2 },
      drops: left,
    }),
    ...[
      { model: 'grok-3-mini', effort: 'medium', gets: { reasoning_effort: 'low' } },
      { model: 'grok-3-mini', effort: 'max', gets: { reasoning_effort: 'high' } },
      { model: 'grok-4.3', effort: 'none', gets: { reasoning_effort: 'none' } },
      { model: 'grok-4.3', effort: 'minimal', gets: { reasoning_effort: 'low' } },
      { model: 'grok-4.3', effort: 'xhigh', gets: { reasoning_effort: 'high' } },
      { model: 'grok-4.6', effort: 'xhigh', gets: { reasoning_effort: 'xhigh' } },
      { model: 'grok-4-0709', effort: 'low', gets: {}, drops: ['reasoning_effort'] },
      { model: 'grok-4-1-fast-non-reasoning', effort: 'low', gets: {}, drops: ['reasoning_effort'] },
    ].map(({ model, effort, gets, drops = [] }) =>
      requestFixture({
        name: `the effort "${effort}" to ${model}`,
        model,
        asks: { reasoning_effort: effort },
        gets,
        drops,
      }),
    ),
    requestFixture({
      name: 'nothing of what a model has thought',
      messages: conversation({ content: null, reasoning_content: 'Hm' }),
      getsMessages: conversation({ content: null }),
    }),
    requestFixture({
      name: 'a stream, asking for usage',
      asks: { stream: true },
      gets: { stream: true, stream_options: { include_usage: true } },
    }),
  ],
  answers: [
    {
      name: 'a model that thinks, and counts that beside its answer',
      body: '{"id":"2af5c888","object":"chat.completion","created":1770774046,"model":"grok-3-mini","choices":[{"index":0,"message":{"role":"assistant","content":"Hello","reasoning_content":"A greeting will do.","refusal":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":1,"total_tokens":241,"prompt_tokens_details":{"text_tokens":12,"audio_tokens":0,"image_tokens":0,"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":228,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0},"num_sources_used":0,"cost_in_usd_ticks":1176500},"system_fingerprint":"fp_2a885414fb"}',
      found: {
        text: 'Hello',
        reasoning: 'A greeting will do.',
        finishReason: 'stop',
        id: '2af5c888',
        usage: { inputTokens: 12, outputTokens: 229, cachedInputTokens: 2, reasoningTokens: 228 },
      },
    },
  ],
  streams: [
    {
      name: 'a model that thinks, with its usage at the end',
      body: `data: {"id":"7327b9f5","object":"chat.completion.chunk","created":1770774058,"model":"grok-3-mini","choices":[{"index":0,"delta":{"reasoning_content":"First","role":"assistant"}}],"system_fingerprint":"fp_2a885414fb"}

data: {"id":"7327b9f5","object":"chat.completion.chunk","created":1770774060,"model":"grok-3-mini","choices":[{"index":0,"delta":{"content":"Hello"}}],"system_fingerprint":"fp_2a885414fb"}

data: {"id":"7327b9f5","object":"chat.completion.chunk","created":1770774061,"model":"grok-3-mini","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"system_fingerprint":"fp_2a885414fb"}

data: {"id":"7327b9f5","object":"chat.completion.chunk","created":1770774061,"model":"grok-3-mini","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":1,"total_tokens":303,"prompt_tokens_details":{"text_tokens":12,"audio_tokens":0,"image_tokens":0,"cached_tokens":11},"completion_tokens_details":{"reasoning_tokens":290,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0},"num_sources_used":0,"cost_in_usd_ticks":1466250},"system_fingerprint":"fp_2a885414fb"}

data: [DONE]

`,
      found: {
        text: 'Hello',
        reasoning: 'First',
        finishReason: 'stop',
        id: '7327b9f5',
        usage: { inputTokens: 12, outputTokens: 291, cachedInputTokens: 11, reasoningTokens: 290 },
      },
    },
  ],
  errors: [
    {
      name: 'a key that is none',
      status: 400,
      body: '{"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***ab. You can obtain an API key from https://console.x.ai."}',
      failure: { class: 'credential' },
    },
    {
      name: 'a team that has bought nothing yet',
      status: 403,
      body: '{"code":"The caller does not have permission to execute the specified operation","error":"Your newly created teams doesn\'t have any credits yet. You can purchase credits on https://console.x.ai/team/t."}',
      failure: { class: 'quota' },
    },
    {
      name: 'a limit',
      status: 429,
      body: '{"code":"Some resource has been exhausted","error":"Too many requests for team t and model grok-4. Your team\'s rate limit is: Requests per Minute (actual/limit): 61/60."}',
      failure: { class: 'rate_limit' },
    },
    {
      name: 'a prompt that is too long',
      status: 400,
      body: '{"code":"Client specified an invalid argument","error":"This model\'s maximum prompt length is 131072 but the request contains 147893 tokens."}',
      failure: { class: 'context_window' },
    },
    {
      name: 'a model that it has not',
      status: 404,
      body: '{"code":"Some requested entity was not found","error":"The model grok-9 does not exist or your team t does not have access to it. Please ensure you\'re using the correct API key. If you believe this is a mistake, please contact support."}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a field that this model does not know',
      status: 400,
      body: '{"code":"Client specified an invalid argument","error":"Argument not supported on this model: presencePenalty"}',
      failure: { class: 'caller_fault' },
    },
  ],
}
