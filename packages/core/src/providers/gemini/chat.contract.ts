import { readFileSync } from 'node:fs'
import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { refusedEverywhere } from '../translated/__fixtures__/refused.ts'
import { requests } from './__fixtures__/requests.ts'

const fixture = (name: string): string => readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8')

const failed = (code: number, status: string, message: string, details: readonly object[] = []): string =>
  JSON.stringify({ error: { code, message, status, details } })

const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' }
const quotaFailure = (quotaId: string) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaId }],
})
const overQuota = 'You exceeded your current quota, please check your plan and billing details.'

export const fixtures: ProviderFixtures = {
  writesAnew: "Gemini's API has a shape of its own",
  requests,
  refused: [
    ...refusedEverywhere,
    {
      name: 'the result of a tool that nobody called',
      body: JSON.stringify({ model: 'a', messages: [{ role: 'tool', tool_call_id: 'x', content: 'y' }] }),
      code: 'invalid_value',
      param: 'messages[0].tool_call_id',
    },
  ],
  answers: [
    {
      name: 'a response with thoughts and tools',
      body: fixture('response.json'),
      found: {
        text: 'Let me "usage": {} \\ 😀',
        reasoning: '2+2',
        tools: [
          ['add', '{"a":1,"b":[2]}'],
          ['now', '{}'],
        ],
        finishReason: 'tool_calls',
        id: 'DniLab2dFPeSxN8P',
        usage: { inputTokens: 19, cachedInputTokens: 4, outputTokens: 268, reasoningTokens: 258 },
      },
    },
    {
      name: 'a response without usage, id or end',
      body: '{"candidates":[{"content":{"parts":[{"text":"ok"}]}}]}',
      found: { text: 'ok', finishReason: 'stop', usage: {} },
    },
    {
      name: 'a response of nothing but thoughts, whose zeros are left out',
      body: '{"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS"}],"usageMetadata":{"promptTokenCount":5,"thoughtsTokenCount":64,"totalTokenCount":69}}',
      found: { text: '', finishReason: 'length', usage: { inputTokens: 5, outputTokens: 64, reasoningTokens: 64 } },
    },
    {
      name: 'words that end without explanation',
      body: '{"candidates":[{"content":{"parts":[{"text":"First,"}]},"finishReason":"OTHER"}]}',
      found: { text: 'First,', finishReason: 'stop', usage: {} },
    },
    {
      name: 'a response cut short for safety',
      body: '{"candidates":[{"content":{"parts":[{"text":"First,"}]},"finishReason":"SAFETY"}],"usageMetadata":{"trafficType":"ON_DEMAND"}}',
      found: { text: 'First,', finishReason: 'content_filter', usage: {} },
    },
  ],
  badAnswers: [
    { name: 'a list', body: '[]', failure: { code: 'upstream_bad_response' } },
    { name: "OpenAI's shape", body: '{"choices":[]}', failure: { code: 'upstream_bad_response' } },
    {
      name: 'a response cut off',
      body: fixture('response.json').slice(0, 200),
      failure: { code: 'upstream_bad_response' },
    },
    { name: 'an error', body: failed(503, 'UNAVAILABLE', 'Overloaded'), failure: { class: 'transient', status: 503 } },
    {
      name: 'a prompt that was blocked',
      body: '{"promptFeedback":{"blockReason":"SAFETY"}}',
      failure: { class: 'content_policy' },
    },
    {
      name: 'a refusal of everything',
      body: '{"candidates":[{"finishReason":"PROHIBITED_CONTENT"}]}',
      failure: { class: 'content_policy' },
    },
    {
      name: 'an end without content or explanation',
      body: '{"candidates":[{"content":{"role":"model"},"finishReason":"OTHER"}]}',
      failure: { class: 'transient' },
    },
    {
      name: 'a tool call that went wrong',
      body: '{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL"}]}',
      failure: { class: 'transient' },
    },
  ],
  streams: [
    {
      name: 'text and thoughts',
      body: fixture('text.sse'),
      found: {
        text: 'Grüße, "Welt"\n 😀',
        reasoning: '**Greeting**\n\nThe user greets.',
        finishReason: 'stop',
        id: 'bH6LaZW8Fp_3nsEP',
        usage: { inputTokens: 9, cachedInputTokens: 4, outputTokens: 195, reasoningTokens: 185 },
      },
    },
    {
      name: 'tools, one of them without arguments',
      body: fixture('tools.sse'),
      found: {
        text: 'Looking.',
        tools: [
          ['get_weather', '{"city":"Paris"}'],
          ['get_time', '{}'],
          ['add', '{"a":1}'],
        ],
        finishReason: 'tool_calls',
        id: 'QHiLaa6LBrb8vdIP',
        usage: { inputTokens: 29, outputTokens: 65, reasoningTokens: 45 },
      },
    },
    {
      name: 'two candidates at once',
      body: fixture('two-candidates.sse'),
      choices: 2,
      found: { text: 'A', finishReason: 'content_filter', usage: { inputTokens: 3, outputTokens: 0 } },
    },
  ],
  brokenStreams: [
    { name: 'an overloaded model', body: fixture('overloaded.sse'), failure: { class: 'transient', status: 503 } },
    { name: 'a prompt that was blocked', body: fixture('blocked.sse'), failure: { class: 'content_policy' } },
    { name: 'a tool call that went wrong', body: fixture('malformed.sse'), failure: { class: 'transient' } },
    {
      name: 'an end without content or explanation',
      body: 'data: {"candidates":[{"finishReason":"OTHER","index":0}]}\n\n',
      failure: { class: 'transient' },
    },
    {
      name: 'a refusal of everything',
      body: 'data: {"candidates":[{"finishReason":"SAFETY","index":0}]}\n\n',
      failure: { class: 'content_policy' },
    },
    { name: 'a stream of text', body: 'data: oops\n\n', failure: { code: 'upstream_bad_response' } },
    { name: 'a stream of lists', body: 'data: [1]\n\n', failure: { code: 'upstream_bad_response' } },
  ],
  errors: [
    {
      name: 'a field that is wrong',
      status: 400,
      body: failed(400, 'INVALID_ARGUMENT', 'Invalid value at contents[0]'),
      failure: { class: 'caller_fault', mayBeBilled: false, quote: 'Invalid value at contents[0]' },
    },
    {
      name: 'a prompt that is too long',
      status: 400,
      body: failed(
        400,
        'INVALID_ARGUMENT',
        'The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).',
      ),
      failure: { class: 'context_window' },
    },
    {
      name: 'a refused key, told as a bad request',
      status: 400,
      body: failed(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
        { reason: 'API_KEY_INVALID' },
      ]),
      failure: { class: 'credential', quote: undefined },
    },
    {
      name: 'an account in a country that Google does not serve',
      status: 400,
      body: failed(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
      failure: { class: 'credential', quote: undefined },
    },
    {
      name: 'a key without rights',
      status: 403,
      body: failed(403, 'PERMISSION_DENIED', 'Denied'),
      failure: { class: 'credential' },
    },
    {
      name: 'a model that does not exist',
      status: 404,
      body: failed(404, 'NOT_FOUND', 'models/x is not found for API version v1beta'),
      failure: { class: 'model_unavailable' },
    },
    {
      name: "a minute's limit, told as a quota",
      status: 429,
      body: failed(429, 'RESOURCE_EXHAUSTED', overQuota, [
        quotaFailure('GenerateRequestsPerMinutePerProjectPerModel'),
        retryInfo,
      ]),
      failure: { class: 'rate_limit', retryAfterMs: 34_400, message: 'is rate limiting the gateway' },
    },
    {
      name: 'the same within a list',
      status: 429,
      body: `[${failed(429, 'RESOURCE_EXHAUSTED', overQuota, [retryInfo])}]`,
      failure: { class: 'rate_limit', retryAfterMs: 34_400 },
    },
    {
      name: 'a limit whose header beats its details',
      status: 429,
      headers: { 'retry-after': '2' },
      body: failed(429, 'RESOURCE_EXHAUSTED', overQuota, [retryInfo]),
      failure: { class: 'rate_limit', retryAfterMs: 2000 },
    },
    {
      name: 'a delay that is nonsense',
      status: 429,
      body: failed(429, 'RESOURCE_EXHAUSTED', overQuota, [{ retryDelay: '-1s' }, { retryDelay: 5 }]),
      failure: { class: 'rate_limit', retryAfterMs: undefined },
    },
    {
      name: "a day's quota that is spent",
      status: 429,
      body: failed(429, 'RESOURCE_EXHAUSTED', overQuota, [
        quotaFailure('GenerateRequestsPerDayPerProjectPerModel-FreeTier'),
      ]),
      failure: { class: 'quota' },
    },
    {
      name: 'credits that are used up',
      status: 429,
      body: failed(429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted. Please go to AI Studio.'),
      failure: { class: 'quota', message: "the gateway's account is out of credit" },
    },
    {
      name: 'an internal error',
      status: 500,
      body: failed(500, 'INTERNAL', 'An internal error has occurred.'),
      failure: { class: 'transient', mayBeBilled: true },
    },
    {
      name: 'an overloaded model',
      status: 503,
      body: failed(503, 'UNAVAILABLE', 'The model is overloaded.'),
      failure: { class: 'transient', mayBeBilled: false },
    },
    { name: 'a page from a proxy', status: 502, body: '<html>', failure: { class: 'transient', mayBeBilled: true } },
  ],
  fieldNames: `candidates content parts text thought thoughtSignature functionCall name args id index finishReason STOP
    SAFETY MALFORMED_FUNCTION_CALL usageMetadata promptTokenCount candidatesTokenCount thoughtsTokenCount responseId
    promptFeedback blockReason error code message status details retryDelay violations quotaId reason`.split(/\s+/),
}
