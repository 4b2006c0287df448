import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { conversation, requestFixture, weather } from '../request-fixture.contract.ts'

const tools = [weather]
const llama = 'llama-3.3-70b-versatile'
const oss = 'openai/gpt-oss-120b'
const qwen = 'qwen/qwen3-32b'

/** Replies as its own reference and the Vercel AI SDK's recordings show them (console.groq.com/docs/api-reference). */
export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what it takes, and no more',
      model: llama,
      asks: {
        max_tokens: 9,
        temperature: 0.2,
        seed: 7,
        stop: ['a'],
        logprobs: true,
        top_logprobs: 2,
        logit_bias: { 5: 1 },
        n: 2,
        top_k: 4,
        store: true,
        documents: [{ source: { type: 'text', text: 'a' } }],
      },
      gets: {
        max_completion_tokens: 9,
        temperature: 0.2,
        seed: 7,
        stop: ['a'],
        documents: [{ source: { type: 'text', text: 'a' } }],
      },
      drops: ['logprobs', 'top_logprobs', 'logit_bias', 'n', 'top_k', 'store'],
    }),
    requestFixture({
      name: 'a stream, asking for usage',
      asks: { stream: true },
      gets: { stream: true, stream_options: { include_usage: true } },
    }),
    requestFixture({
      name: 'its tiers by its own names',
      asks: { service_tier: 'default' },
      gets: { service_tier: 'on_demand' },
    }),
    requestFixture({ name: 'a tier that it has', asks: { service_tier: 'flex' } }),
    requestFixture({
      name: 'no choice of tools where there are none',
      asks: { tools: [], tool_choice: 'auto', parallel_tool_calls: false },
      gets: {},
    }),
    requestFixture({
      name: 'messages without names',
      messages: [
        { role: 'developer', content: 'Be kind.' },
        { role: 'user', name: 'ann', content: 'Hi' },
      ],
      getsMessages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Hi' },
      ],
    }),
    ...[
      { model: oss, effort: 'none', gets: { reasoning_effort: 'low' } },
      { model: oss, effort: 'medium', gets: { reasoning_effort: 'medium' } },
      { model: oss, effort: 'xhigh', gets: { reasoning_effort: 'high' } },
      { model: qwen, effort: 'none', gets: { reasoning_effort: 'none' } },
      { model: qwen, effort: 'low', gets: { reasoning_effort: 'default' } },
      { model: llama, effort: 'low', gets: {}, drops: ['reasoning_effort'] },
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
      name: 'what a model has thought, under its own name, to one that thinks',
      model: oss,
      asks: { tools },
      messages: conversation({ content: null, reasoning_content: 'Hm', reasoning_details: [] }),
      getsMessages: conversation({ content: null, reasoning: 'Hm' }),
    }),
    requestFixture({
      name: 'nothing of what a model has thought to one that does not',
      model: llama,
      asks: { tools },
      messages: conversation({ content: null, reasoning_content: 'Hm', reasoning: 'Hm' }),
      getsMessages: conversation({ content: null }),
    }),
  ],
  answers: [
    {
      name: 'a call of a tool',
      body: '{"id":"chatcmpl-1fd017fc","object":"chat.completion","created":1770770815,"model":"llama-3.3-70b-versatile","choices":[{"index":0,"message":{"role":"assistant","tool_calls":[{"id":"ax9fskhev","type":"function","function":{"name":"weather","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],"usage":{"queue_time":0.179481775,"prompt_tokens":218,"prompt_time":0.01182836,"completion_tokens":15,"completion_time":0.044602289,"total_tokens":233,"total_time":0.056430649},"usage_breakdown":null,"system_fingerprint":"fp_f8b414701e","x_groq":{"id":"req_01kh52madzem68scv0bcz3vm00","seed":1790130236},"service_tier":"on_demand"}',
      found: {
        tools: [['weather', '{}']],
        finishReason: 'tool_calls',
        id: 'chatcmpl-1fd017fc',
        usage: { inputTokens: 218, outputTokens: 15, serviceTier: 'on_demand' },
      },
    },
    {
      name: 'a model that thinks, with tokens from its cache',
      body: '{"id":"chatcmpl-73cf8a54","object":"chat.completion","created":1770770833,"model":"openai/gpt-oss-120b","choices":[{"index":0,"message":{"role":"assistant","content":"3.","reasoning":"Count the letters."},"logprobs":null,"finish_reason":"stop"}],"usage":{"queue_time":0.33,"prompt_tokens":117,"prompt_time":0.0006,"completion_tokens":40,"completion_time":0.1,"total_tokens":157,"total_time":0.1,"prompt_tokens_details":{"cached_tokens":64},"completion_tokens_details":{"reasoning_tokens":31}},"usage_breakdown":null,"system_fingerprint":"fp_1","x_groq":{"id":"req_2","seed":1}}',
      found: {
        text: '3.',
        reasoning: 'Count the letters.',
        finishReason: 'stop',
        id: 'chatcmpl-73cf8a54',
        usage: { inputTokens: 117, outputTokens: 40, cachedInputTokens: 64, reasoningTokens: 31 },
      },
    },
  ],
  streams: [
    {
      name: 'a model that thinks, with its usage on the last event, and under a name of its own too',
      body: `data: {"id":"chatcmpl-3556","object":"chat.completion.chunk","created":1770770846,"model":"qwen/qwen3-32b","system_fingerprint":"fp_7","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"x_groq":{"id":"req_3","seed":872656815}}

data: {"id":"chatcmpl-3556","object":"chat.completion.chunk","created":1770770846,"model":"qwen/qwen3-32b","system_fingerprint":"fp_7","choices":[{"index":0,"delta":{"reasoning":"Okay"},"logprobs":null,"finish_reason":null}]}

data: {"id":"chatcmpl-3556","object":"chat.completion.chunk","created":1770770849,"model":"qwen/qwen3-32b","system_fingerprint":"fp_7","choices":[{"index":0,"delta":{"content":"Hi"},"logprobs":null,"finish_reason":null}]}

data: {"id":"chatcmpl-3556","object":"chat.completion.chunk","created":1770770849,"model":"qwen/qwen3-32b","system_fingerprint":"fp_7","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"x_groq":{"id":"req_3","usage":{"queue_time":0.17,"prompt_tokens":17,"prompt_time":0.0007,"completion_tokens":1107,"completion_time":3.2,"total_tokens":1124,"total_time":3.2,"completion_tokens_details":{"reasoning_tokens":963}}},"usage":{"queue_time":0.17,"prompt_tokens":17,"prompt_time":0.0007,"completion_tokens":1107,"completion_time":3.2,"total_tokens":1124,"total_time":3.2,"completion_tokens_details":{"reasoning_tokens":963}}}

data: [DONE]

`,
      found: {
        text: 'Hi',
        reasoning: 'Okay',
        finishReason: 'stop',
        id: 'chatcmpl-3556',
        usage: { inputTokens: 17, outputTokens: 1107, reasoningTokens: 963 },
      },
    },
  ],
  errors: [
    {
      name: 'a refused key',
      status: 401,
      body: '{"error":{"message":"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}}',
      failure: { class: 'credential' },
    },
    {
      name: 'a limit of tokens by the day',
      status: 429,
      headers: { 'retry-after': '492' },
      body: '{"error":{"message":"Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_x` service tier `on_demand` on tokens per day (TPD): Limit 100000, Used 99336, Requested 1234. Please try again in 8m12s. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing","type":"tokens","code":"rate_limit_exceeded"}}',
      failure: { class: 'rate_limit', retryAfterMs: 492_000 },
    },
    {
      name: 'a request larger than its limit by the minute',
      status: 413,
      body: '{"error":{"message":"Request too large for model `llama-3.1-8b-instant` in organization `org_x` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 9000, please reduce your message size and try again.","type":"tokens","code":"rate_limit_exceeded"}}',
      failure: { class: 'rate_limit' },
    },
    {
      name: 'no room in the flexible tier',
      status: 498,
      body: '{"error":{"message":"Flex tier capacity exceeded. Please try again later.","type":"capacity_exceeded","code":"capacity_exceeded"}}',
      failure: { class: 'transient' },
    },
    {
      name: 'a call that its model made badly',
      status: 400,
      body: '{"error":{"message":"Failed to call a function. Please adjust your prompt. See \'failed_generation\' for more details.","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"<function=weather>{}</function>"}}',
      failure: { class: 'unfit' },
    },
    {
      name: 'JSON that its model made badly',
      status: 400,
      body: '{"error":{"message":"Failed to generate JSON. Please adjust your prompt. See \'failed_generation\' for more details.","type":"invalid_request_error","code":"json_validate_failed","failed_generation":"{"}}',
      failure: { class: 'unfit' },
    },
    {
      name: 'a prompt that is too long',
      status: 400,
      body: '{"error":{"message":"Please reduce the length of the messages or completion.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}',
      failure: { class: 'context_window' },
    },
    {
      name: 'a model that it has not',
      status: 404,
      body: '{"error":{"message":"The model `gpt-9` does not exist or you do not have access to it.","type":"invalid_request_error","code":"model_not_found"}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a model that it has no longer',
      status: 400,
      body: '{"error":{"message":"The model `mixtral-8x7b-32768` has been decommissioned and is no longer supported. Please refer to https://console.groq.com/docs/deprecations for a recommendation on which model to use instead.","type":"invalid_request_error","code":"model_decommissioned"}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a field that it does not know',
      status: 400,
      body: '{"error":{"message":"property \'reasoning\' is unsupported","type":"invalid_request_error"}}',
      failure: { class: 'caller_fault' },
    },
  ],
}
