import { readFileSync } from 'node:fs'
import type { ProviderFixtures } from '../provider-fixtures.contract.ts'

const fixture = (name: string): string => readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8')

const messages = [{ role: 'user', content: 'Grüße 😀' }]
const spelled = '[ {"role":"user","content":"Gr\\u00fc\\u00dfe 😀"} ]'
const usage = { include_usage: true }

export const fixtures: ProviderFixtures = {
  requests: [
    {
      name: 'a plain request under another name',
      body: `{"model":"a","messages":${spelled}}`,
      sends: { model: 'upstream-model', messages },
    },
    {
      name: 'a request whose name stays',
      body: ` {"messages":${spelled} , "model" : "upstream-model"}\n`,
      sends: { model: 'upstream-model', messages },
    },
    {
      name: 'fields it does not know',
      body: `{"model":"a","chat_template_kwargs":{"thinking": 1.50},"messages":${spelled},"seed":-9007199254740991}`,
      sends: { model: 'upstream-model', messages, chat_template_kwargs: { thinking: 1.5 }, seed: -9007199254740991 },
    },
    {
      name: 'a stream, asking for usage',
      body: `{"model":"a","messages":${spelled},"stream":true}`,
      sends: { model: 'upstream-model', messages, stream: true, stream_options: usage },
    },
    {
      name: 'a stream that declined usage, asking for it all the same',
      body: `{"stream_options":{"include_usage":false,"x":1},"stream":true,"model":"a","messages":${spelled}}`,
      sends: { model: 'upstream-model', messages, stream: true, stream_options: { include_usage: true, x: 1 } },
    },
    {
      name: 'a stream that asks for usage itself',
      body: `{"model":"a","messages":${spelled},"stream":true,"stream_options":{ "include_usage" : true }}`,
      sends: { model: 'upstream-model', messages, stream: true, stream_options: usage },
    },
    {
      name: 'nothing of what steers the gateway',
      body: `{"models":["b"],"provider":null,"model":"a","messages":${spelled},"provider2":1}`,
      sends: { model: 'upstream-model', messages, provider2: 1 },
    },
  ],
  answers: [
    {
      name: 'OpenAI',
      body: fixture('openai.json'),
      found: {
        text: 'Hello! "usage": {} \\ 😀',
        finishReason: 'stop',
        id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
        usage: {
          inputTokens: 19,
          outputTokens: 10,
          cachedInputTokens: 4,
          reasoningTokens: 3,
          serviceTier: 'default',
        },
      },
    },
    {
      name: 'vLLM, with reasoning under its newer name',
      body: fixture('vllm-reasoning.json'),
      found: { text: '4', reasoning: '2+2', usage: { inputTokens: 9, outputTokens: 12 } },
    },
    {
      name: 'Ollama, with the arguments of a tool as an object',
      body: fixture('ollama-tools.json'),
      found: { tools: [['add', '{"a":1}']], finishReason: 'tool_calls', usage: { inputTokens: 101, outputTokens: 20 } },
    },
    {
      name: 'Ollama 0.11 itself',
      body: fixture('ollama.json'),
      found: {
        text: ' mutebo lokigo vobasu ri memi',
        finishReason: 'length',
        usage: { inputTokens: 34, outputTokens: 5 },
      },
    },
    {
      name: 'Ollama 0.11 itself, calling a tool that has an index',
      body: fixture('ollama-call.json'),
      found: {
        tools: [['add', '{"a":2,"b":3}']],
        finishReason: 'tool_calls',
        usage: { inputTokens: 257, outputTokens: 6 },
      },
    },
    {
      name: 'llama.cpp itself, with timings',
      body: fixture('llama-cpp.json'),
      found: {
        text: ' mutebo lokigo vobasu ri memi',
        finishReason: 'length',
        usage: { inputTokens: 34, outputTokens: 5, cachedInputTokens: 0 },
      },
    },
    {
      name: 'llama.cpp itself, with half of what is known of probabilities',
      body: fixture('llama-cpp-logprobs.json'),
      found: { text: ' mutebo lokigo', usage: { inputTokens: 34, outputTokens: 2, cachedInputTokens: 33 } },
    },
    {
      name: 'llama.cpp itself, calling a tool',
      body: fixture('llama-cpp-call.json'),
      found: {
        tools: [['add', '{"a":2,"b":3}']],
        finishReason: 'tool_calls',
        usage: { inputTokens: 253, outputTokens: 6, cachedInputTokens: 0 },
      },
    },
    {
      name: 'an upstream that leaves out its model and its usage',
      body: fixture('no-model-no-usage.json'),
      found: { text: 'ok', finishReason: 'stop', usage: {} },
    },
  ],
  badAnswers: [
    { name: 'a list', body: '[]', failure: { code: 'upstream_bad_response' } },
    {
      name: 'an answer cut off',
      body: fixture('openai.json').slice(0, 300),
      failure: { code: 'upstream_bad_response' },
    },
    { name: 'an answer without choices', body: '{"id":"x","choices":[]}', failure: { code: 'upstream_bad_response' } },
    {
      name: 'an answer whose message is null',
      body: '{"id":"x","choices":[{"index":0,"message":null,"finish_reason":"stop"}]}',
      failure: { class: 'transient', code: 'upstream_bad_response' },
    },
    {
      name: 'an answer whose second choice has no message',
      body: '{"id":"x","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"},{"index":1,"finish_reason":"stop"}]}',
      failure: { class: 'transient', code: 'upstream_bad_response' },
    },
    { name: 'choices that are none', body: '{"choices":[null,1]}', failure: { code: 'upstream_bad_response' } },
    {
      name: 'an error',
      body: '{"error":{"message":"Slow down","code":429}}',
      failure: { class: 'rate_limit', status: 429 },
    },
    { name: 'an error in words', body: '{"error":"boom"}', failure: { class: 'transient' } },
    {
      name: 'an answer that ended in an error',
      body: '{"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"insufficient_system_resource"}]}',
      failure: { class: 'transient' },
    },
  ],
  streams: [
    {
      name: 'OpenAI',
      body: fixture('openai.sse'),
      found: {
        text: 'Grüße, "Welt"\n 😀',
        finishReason: 'stop',
        id: 'chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG',
        usage: { inputTokens: 19, outputTokens: 10, cachedInputTokens: 4, reasoningTokens: 0 },
      },
    },
    {
      name: 'OpenAI calling tools',
      body: fixture('openai-tools.sse'),
      found: {
        tools: [
          ['get_weather', '{"city":"Paris"}'],
          ['get_time', '{}'],
        ],
        finishReason: 'tool_calls',
        usage: { inputTokens: 70, outputTokens: 31 },
      },
    },
    {
      name: 'vLLM, with reasoning under its newer name',
      body: fixture('vllm-reasoning.sse'),
      found: { text: 'Hello there', reasoning: 'The user greets.', usage: { inputTokens: 9, outputTokens: 12 } },
    },
    {
      name: 'DeepSeek, with usage on the last chunk',
      body: fixture('deepseek.sse'),
      found: {
        text: 'Hi',
        reasoning: 'Hm',
        usage: { inputTokens: 12, outputTokens: 4, cachedInputTokens: 8, reasoningTokens: 2 },
      },
    },
    {
      name: 'Mistral, with padding and words in the last chunk',
      body: fixture('mistral.sse'),
      found: { text: 'Bonjour!', usage: { inputTokens: 5, outputTokens: 3 } },
    },
    {
      name: 'transformers serve, without an end mark',
      body: fixture('transformers-serve.sse'),
      found: { text: 'One two', id: 'req_0', usage: { inputTokens: 30, outputTokens: 2 } },
    },
    {
      name: 'Ollama, with tools that have no index',
      body: fixture('ollama-tools.sse'),
      found: {
        tools: [
          ['add', '{"a":1,"b":2}'],
          ['sub', '{}'],
        ],
        finishReason: 'tool_calls',
        usage: { inputTokens: 101, outputTokens: 20 },
      },
    },
    {
      name: 'Ollama 0.11 itself, with the role in every event',
      body: fixture('ollama.sse'),
      found: {
        text: ' mutebo lokigo vobasu ri memi',
        finishReason: 'length',
        usage: { inputTokens: 34, outputTokens: 5 },
      },
    },
    {
      name: 'Ollama 0.11 itself, calling a tool in one event',
      body: fixture('ollama-call.sse'),
      found: {
        tools: [['add', '{"a":2,"b":3}']],
        finishReason: 'tool_calls',
        usage: { inputTokens: 257, outputTokens: 6 },
      },
    },
    {
      name: 'llama.cpp itself, with timings beside its usage',
      body: fixture('llama-cpp.sse'),
      found: {
        text: ' mutebo lokigo vobasu ri memi',
        finishReason: 'length',
        usage: { inputTokens: 34, outputTokens: 5, cachedInputTokens: 33 },
      },
    },
    {
      name: 'llama.cpp itself, with half of what is known of probabilities',
      body: fixture('llama-cpp-logprobs.sse'),
      found: { text: ' mutebo lokigo', usage: { inputTokens: 34, outputTokens: 2, cachedInputTokens: 33 } },
    },
    {
      name: 'llama.cpp itself, calling a tool piece by piece',
      body: fixture('llama-cpp-call.sse'),
      found: {
        tools: [['add', '{"a":2,"b":3}']],
        finishReason: 'tool_calls',
        usage: { inputTokens: 253, outputTokens: 6, cachedInputTokens: 252 },
      },
    },
    { name: 'two choices at once', body: fixture('two-choices.sse'), choices: 2, found: { text: 'A', usage: {} } },
    { name: 'an upstream with odd framing', body: fixture('odd-framing.sse'), found: { text: 'ab', usage: {} } },
  ],
  brokenStreams: [
    { name: 'OpenRouter', body: fixture('openrouter-error.sse'), failure: { class: 'transient', status: 502 } },
    {
      name: 'DeepSeek',
      body: 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"insufficient_system_resource"}]}\n\n',
      failure: { class: 'transient' },
    },
    { name: 'an upstream that sends text', body: 'data: oops\n\n', failure: { code: 'upstream_bad_response' } },
    { name: 'an upstream that sends a list', body: 'data: [1]\n\n', failure: { code: 'upstream_bad_response' } },
    {
      name: 'an upstream whose prompt was too long',
      body: 'data: {"error":{"message":"x","code":"context_length_exceeded"}}\n\n',
      failure: { class: 'context_window' },
    },
  ],
  errors: [
    {
      name: 'a field that is wrong',
      status: 400,
      body: '{"error":{"message":"Unknown <b>field</b>\\n\'x\'","type":"invalid_request_error","param":"x","code":null}}',
      failure: {
        class: 'caller_fault',
        mayBeBilled: false,
        message: 'refused the request',
        quote: "Unknown field 'x'",
        param: 'x',
      },
    },
    {
      name: 'a prompt that is too long for OpenAI',
      status: 400,
      body: '{"error":{"message":"This model\'s maximum context length is 8192 tokens.","code":"context_length_exceeded"}}',
      failure: { class: 'context_window' },
    },
    {
      name: 'a prompt that is too long for vLLM',
      status: 400,
      body: '{"object":"error","message":"This model\'s maximum context length is 4096 tokens","type":"BadRequestError","code":400}',
      failure: { class: 'context_window' },
    },
    {
      name: 'content that Azure declines',
      status: 400,
      body: '{"error":{"code":"content_filter","message":"The response was filtered"}}',
      failure: { class: 'content_policy' },
    },
    {
      name: 'a refused key',
      status: 401,
      body: '{"error":{"message":"Incorrect API key"}}',
      failure: { class: 'credential' },
    },
    { name: 'an empty account', status: 402, body: '{}', failure: { class: 'quota' } },
    {
      name: 'a spent quota at OpenAI',
      status: 429,
      body: '{"error":{"type":"insufficient_quota","message":"You exceeded your current quota"}}',
      failure: { class: 'quota' },
    },
    {
      name: 'too many tokens a minute, which says nothing of the prompt',
      status: 429,
      headers: { 'retry-after': '3' },
      body: '{"message":"Too many tokens, please wait before trying again."}',
      failure: { class: 'rate_limit', mayBeBilled: false, retryAfterMs: 3000 },
    },
    {
      name: 'a model that does not exist',
      status: 404,
      body: '{"error":{"code":"model_not_found"}}',
      failure: { class: 'model_unavailable', mayBeBilled: false },
    },
    {
      name: 'a model that vLLM calls a bad request',
      status: 400,
      body: '{"error":{"message":"The model `x` does not exist.","type":"NotFoundError","code":400}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: "NVIDIA's problem details",
      status: 422,
      body: '{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"Unsupported parameter(s): n","requestId":"1"}',
      failure: { class: 'caller_fault', message: 'refused the request', quote: 'Unsupported parameter(s): n' },
    },
    {
      name: 'a bare detail',
      status: 400,
      body: '{"detail":"Bad image"}',
      failure: { class: 'caller_fault', message: 'refused the request', quote: 'Bad image' },
    },
    {
      name: "a validator's list",
      status: 422,
      body: '{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","store"],"msg":"Extra inputs are not permitted"}]},"code":null}',
      failure: { class: 'caller_fault', message: 'refused the request', quote: 'Extra inputs are not permitted' },
    },
    {
      name: "TGI's flat error",
      status: 422,
      body: '{"error":"Input validation error: `stop` too long","error_type":"validation"}',
      failure: { class: 'caller_fault' },
    },
    {
      name: 'a prompt that is too long for llama.cpp',
      status: 400,
      body: '{"error":{"code":400,"message":"request (120004 tokens) exceeds the available context size (16384 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":120004,"n_ctx":16384}}',
      failure: { class: 'context_window' },
    },
    {
      name: 'a field that llama.cpp finds wrong',
      status: 400,
      body: '{"error":{"code":400,"message":"Field \'temperature\': [json.exception.type_error.302] type must be number, but is string","type":"invalid_request_error"}}',
      failure: { class: 'caller_fault', mayBeBilled: false },
    },
    {
      name: 'a key that llama.cpp refuses',
      status: 401,
      body: '{"error":{"message":"Invalid API Key","type":"authentication_error","code":401}}',
      failure: { class: 'credential' },
    },
    {
      name: 'an image for a model of llama.cpp that sees none',
      status: 500,
      body: '{"error":{"code":500,"message":"image input is not supported - hint: if this is unexpected, you may need to provide the mmproj","type":"server_error"}}',
      failure: { class: 'unfit' },
    },
    {
      name: 'a field that Ollama finds wrong',
      status: 400,
      body: '{"error":{"message":"json: cannot unmarshal string into Go struct field ChatCompletionRequest.temperature of type float64","type":"invalid_request_error","param":null,"code":null}}',
      failure: { class: 'caller_fault', mayBeBilled: false },
    },
    {
      name: 'an upstream that advises against a second try',
      status: 503,
      headers: { 'x-should-retry': 'false' },
      body: '{}',
      failure: { class: 'transient', isFinal: true },
    },
    { name: 'a retired model', status: 410, body: '', failure: { class: 'model_unavailable' } },
    { name: 'an internal error', status: 500, body: 'oops', failure: { class: 'transient', mayBeBilled: true } },
    {
      name: 'a page from a proxy',
      status: 502,
      body: '<html><h1>502</h1><p>nginx at internal-host</p></html>',
      failure: { class: 'transient', mayBeBilled: true, message: 'had a bad gateway' },
    },
    { name: 'an overload', status: 529, body: '', failure: { class: 'transient', mayBeBilled: false } },
    { name: 'a status nobody knows', status: 599, body: '', failure: { class: 'transient', mayBeBilled: true } },
    { name: 'a refusal nobody knows', status: 418, body: '', failure: { class: 'unknown', mayBeBilled: false } },
    { name: 'a redirect', status: 302, body: '', failure: { class: 'unknown', mayBeBilled: false } },
  ],
}
