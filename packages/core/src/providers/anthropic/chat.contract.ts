import { readFileSync } from 'node:fs'
import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { refusedEverywhere } from '../translated/__fixtures__/refused.ts'
import { requests } from './__fixtures__/requests.ts'

const fixture = (name: string): string => readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8')

const sound = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }

export const fixtures: ProviderFixtures = {
  writesAnew: "Anthropic's API has a shape of its own",
  requests,
  refused: [
    ...refusedEverywhere,
    {
      name: 'sound',
      body: JSON.stringify({ model: 'a', messages: [{ role: 'user', content: [sound] }] }),
      code: 'unsupported_parameter',
      param: 'messages[0].content[0].type',
    },
  ],
  answers: [
    {
      name: 'a message with thoughts and tools',
      body: fixture('message.json'),
      found: {
        text: 'Let me "usage": {} \\ 😀',
        reasoning: '2+2',
        tools: [
          ['add', '{"a":1,"b":[2]}'],
          ['now', '{}'],
        ],
        finishReason: 'tool_calls',
        id: 'msg_01JsonAbCdEf',
        usage: {
          inputTokens: 1219,
          cachedInputTokens: 1000,
          cacheWriteTokens: 200,
          outputTokens: 10,
          reasoningTokens: 3,
          serviceTier: 'standard',
        },
      },
    },
    {
      name: 'a message without usage or id',
      body: '{"type":"message","content":[{"type":"text","text":"ok"}],"stop_reason":"end_turn"}',
      found: { text: 'ok', finishReason: 'stop', usage: {} },
    },
    {
      name: 'a refusal in the middle of an answer',
      body: '{"id":"msg_1","content":[{"type":"text","text":"First,"}],"stop_reason":"refusal","usage":{"input_tokens":1,"output_tokens":2}}',
      found: { text: 'First,', finishReason: 'content_filter', usage: { inputTokens: 1, outputTokens: 2 } },
    },
  ],
  badAnswers: [
    { name: 'a list', body: '[]', failure: { code: 'upstream_bad_response' } },
    { name: "OpenAI's shape", body: '{"choices":[]}', failure: { code: 'upstream_bad_response' } },
    {
      name: 'a message cut off',
      body: fixture('message.json').slice(0, 200),
      failure: { code: 'upstream_bad_response' },
    },
    {
      name: 'an error',
      body: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      failure: { class: 'transient', message: 'is overloaded' },
    },
    {
      name: 'a refusal of everything',
      body: '{"content":[],"stop_reason":"refusal","usage":{"input_tokens":1,"output_tokens":0}}',
      failure: { class: 'content_policy' },
    },
  ],
  streams: [
    {
      name: 'text',
      body: fixture('text.sse'),
      found: {
        text: 'Grüße, "Welt"\n 😀',
        finishReason: 'stop',
        id: 'msg_01TextAbCdEf',
        usage: { inputTokens: 12, cachedInputTokens: 0, outputTokens: 11, serviceTier: 'standard' },
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
        ],
        finishReason: 'tool_calls',
        usage: {
          inputTokens: 409,
          cachedInputTokens: 100,
          cacheWriteTokens: 300,
          outputTokens: 48,
          serviceTier: 'standard',
        },
      },
    },
    {
      name: 'thoughts',
      body: fixture('thinking.sse'),
      found: {
        text: 'Hello',
        reasoning: 'The user greets.',
        finishReason: 'length',
        usage: {
          inputTokens: 20,
          cachedInputTokens: 0,
          outputTokens: 30,
          reasoningTokens: 21,
          serviceTier: 'standard',
        },
      },
    },
    {
      name: 'another maker of the same API, with events nobody knows',
      body: fixture('compatible.sse'),
      found: {
        text: 'pong',
        tools: [['add', '{"a":1}']],
        finishReason: 'tool_calls',
        id: 'msg_01Other',
        usage: { inputTokens: 61, outputTokens: 2 },
      },
    },
    {
      name: 'a refusal in the middle of an answer',
      body: fixture('refusal.sse'),
      found: {
        text: 'First,',
        finishReason: 'content_filter',
        usage: { inputTokens: 18, cachedInputTokens: 0, outputTokens: 5, serviceTier: 'standard' },
      },
    },
  ],
  brokenStreams: [
    { name: 'Anthropic, overloaded', body: fixture('overloaded.sse'), failure: { class: 'transient', status: 529 } },
    { name: 'a refusal of everything', body: fixture('refusal-at-once.sse'), failure: { class: 'content_policy' } },
    { name: 'a stream of text', body: 'data: oops\n\n', failure: { code: 'upstream_bad_response' } },
    {
      name: 'an event cut off',
      body: 'event: content_block_delta\ndata: {"type":"content_block_de\n\n',
      failure: { code: 'upstream_bad_response' },
    },
    { name: 'an error that does not say what', body: 'data: {"type":"error"}\n\n', failure: { class: 'transient' } },
  ],
  errors: [
    {
      name: 'a field that is wrong',
      status: 400,
      body: '{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: Field required"},"request_id":"req_1"}',
      failure: { class: 'caller_fault', mayBeBilled: false, quote: 'max_tokens: Field required' },
    },
    {
      name: 'a prompt that is too long',
      status: 400,
      body: '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}',
      failure: { class: 'context_window' },
    },
    {
      name: 'a prompt that is too long for its answer',
      status: 400,
      body: '{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"}}',
      failure: { class: 'context_window' },
    },
    {
      name: 'an account without credit',
      status: 400,
      body: '{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}',
      failure: { class: 'quota', quote: undefined },
    },
    {
      name: 'a refused key',
      status: 401,
      body: '{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}',
      failure: { class: 'credential' },
    },
    {
      name: 'a model that does not exist',
      status: 404,
      body: '{"type":"error","error":{"type":"not_found_error","message":"model: claude-9"}}',
      failure: { class: 'model_unavailable' },
    },
    { name: 'a request that is too large', status: 413, body: '{}', failure: { class: 'caller_fault' } },
    {
      name: 'a rate limit',
      status: 429,
      headers: { 'retry-after': '7' },
      body: '{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed the rate limit"}}',
      failure: { class: 'rate_limit', retryAfterMs: 7000 },
    },
    { name: 'an internal error', status: 500, body: '', failure: { class: 'transient', mayBeBilled: true } },
    {
      name: 'an overload',
      status: 529,
      body: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      failure: { class: 'transient', mayBeBilled: false, message: 'is overloaded' },
    },
  ],
  fieldNames: `type message_start message_delta message_stop content_block_start content_block_delta content_block_stop
    error index delta content_block content message usage id name text text_delta thinking thinking_delta
    signature tool_use input input_json_delta partial_json stop_reason refusal input_tokens output_tokens data
    redacted_thinking`.split(/\s+/),
}
