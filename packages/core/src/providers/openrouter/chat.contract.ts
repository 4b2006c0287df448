import { readFileSync } from 'node:fs'
import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { requestFixture } from '../request-fixture.contract.ts'

const fixture = (name: string): string => readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8')

export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what it does not know either',
      asks: {
        max_completion_tokens: 9,
        plugins: [{ id: 'web' }],
        reasoning: { effort: 'high' },
        top_a: 0.5,
        user: 'u',
      },
    }),
    requestFixture({
      name: 'what it can keep, and nothing of what routes here',
      asks: { metadata: { a: 'b' }, session_id: 's', models: ['other'], provider: { sort: 'price' } },
      gets: { metadata: { a: 'b' }, session_id: 's' },
    }),
  ],
  answers: [
    {
      name: 'a model that thinks',
      body: '{"id":"gen-1757000003-Yb","provider":"Nebius","model":"openai/gpt-oss-120b","object":"chat.completion","created":1757000003,"choices":[{"logprobs":null,"finish_reason":"stop","native_finish_reason":"stop","index":0,"message":{"role":"assistant","content":"Hi!","refusal":null,"reasoning":"Greet.","reasoning_details":[{"type":"reasoning.text","text":"Greet.","format":"unknown","index":0}]}}],"usage":{"prompt_tokens":68,"completion_tokens":21,"total_tokens":89,"cost":0.00001,"prompt_tokens_details":{"cached_tokens":64},"completion_tokens_details":{"reasoning_tokens":11}}}',
      found: {
        text: 'Hi!',
        reasoning: 'Greet.',
        finishReason: 'stop',
        id: 'gen-1757000003-Yb',
        usage: { inputTokens: 68, outputTokens: 21, cachedInputTokens: 64, reasoningTokens: 11 },
      },
    },
  ],
  badAnswers: [
    {
      name: 'an error whose code is a number',
      body: '{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"rate-limited upstream","provider_name":"Chutes"}},"user_id":"user_x"}',
      failure: { class: 'rate_limit', status: 429 },
    },
    {
      name: 'an error beside the finish reason',
      body: '{"id":"gen-1","choices":[{"index":0,"error":{"code":502,"message":"Upstream error from Novita: internal error"},"finish_reason":"error","message":{"role":"assistant","content":""}}]}',
      failure: { class: 'transient', status: 502 },
    },
  ],
  streams: [
    {
      name: 'a model that thinks, behind comments',
      body: fixture('reasoning.sse'),
      found: {
        text: 'Hello!',
        reasoning: 'We greet.',
        finishReason: 'stop',
        id: 'gen-1757000002-Xk2',
        usage: { inputTokens: 68, outputTokens: 31, cachedInputTokens: 0, reasoningTokens: 18 },
      },
    },
  ],
  brokenStreams: [
    {
      name: 'the provider behind it',
      body: ': OPENROUTER PROCESSING\n\ndata: {"id":"gen-1","object":"chat.completion.chunk","created":1757000004,"model":"m","provider":"Novita","error":{"code":502,"message":"Provider disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}\n\n',
      failure: { class: 'transient', status: 502 },
    },
    {
      name: 'an upstream that was too busy',
      body: 'data: {"id":"gen-2","choices":[{"index":0,"error":{"code":429,"message":"Too many requests"},"delta":{"content":""},"finish_reason":"error"}]}\n\n',
      failure: { class: 'rate_limit', status: 429 },
    },
  ],
  errors: [
    {
      name: 'an account without credits',
      status: 402,
      body: '{"error":{"message":"Insufficient credits. Add more using https://openrouter.ai/settings/credits","code":402}}',
      failure: { class: 'quota' },
    },
    {
      name: 'content that its moderation flagged',
      status: 403,
      body: '{"error":{"code":403,"message":"openai/gpt-4o requires moderation on OpenInference. Your input was flagged for \\"violence\\"","metadata":{"reasons":["violence"],"flagged_input":"...","provider_name":"OpenInference","model_slug":"gpt-4o"}}}',
      failure: { class: 'content_policy', message: 'declined the content' },
    },
    {
      name: 'a key that may not',
      status: 403,
      body: '{"error":{"code":403,"message":"Key limit exceeded (total limit)"}}',
      failure: { class: 'credential' },
    },
    {
      name: 'a prompt that was too long for the provider behind it',
      status: 400,
      body: '{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\\"error\\":{\\"message\\":\\"This model\'s maximum context length is 8192 tokens.\\"}}","provider_name":"Together"}}}',
      failure: { class: 'context_window' },
    },
    {
      name: 'a model that no provider of its serves as asked',
      status: 404,
      body: '{"error":{"message":"No endpoints found that support tool use.","code":404}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'no provider at all',
      status: 503,
      headers: { 'retry-after': '3' },
      body: '{"error":{"message":"No available model provider meets your routing requirements","code":503}}',
      failure: { class: 'transient', retryAfterMs: 3000 },
    },
  ],
}
