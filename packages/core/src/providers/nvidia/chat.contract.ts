import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { conversation, requestFixture, weather } from '../request-fixture.contract.ts'

const llama = 'meta/llama-3.3-70b-instruct'
const v4 = 'deepseek-ai/deepseek-v4-pro'
const vision = 'meta/llama-3.2-90b-vision-instruct'
const gemma = 'google/gemma-2-27b-it'
const tools = [weather]
const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }

export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what most of its models take, and no more',
      model: llama,
      asks: {
        max_completion_tokens: 9,
        temperature: 0.2,
        seed: -3,
        presence_penalty: 0.5,
        response_format: { type: 'json_object' },
        tools,
        tool_choice: 'auto',
        parallel_tool_calls: false,
        n: 2,
        logprobs: true,
        user: 'u',
        prompt_cache_key: 'k',
        reasoning: { enabled: false },
        thinking: { type: 'enabled' },
        reasoning_effort: 'high',
      },
      gets: {
        max_tokens: 9,
        temperature: 0.2,
        seed: 3,
        presence_penalty: 0.5,
        response_format: { type: 'json_object' },
        tools,
      },
      drops: [
        'parallel_tool_calls',
        'n',
        'logprobs',
        'user',
        'prompt_cache_key',
        'reasoning',
        'thinking',
        'reasoning_effort',
      ],
    }),
    requestFixture({
      name: 'a choice that is one',
      model: llama,
      asks: { tools, tool_choice: { type: 'function', function: { name: 'weather' } } },
    }),
    requestFixture({
      name: 'a stream, asking for usage and nothing else',
      model: llama,
      asks: { stream: true, stream_options: { include_usage: true, include_obfuscation: false } },
      gets: { stream: true, stream_options: { include_usage: true } },
    }),
    requestFixture({
      name: 'text in parts as one text, and images as they are',
      model: llama,
      messages: [
        { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What' },
            { type: 'text', text: 'is this?' },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'This:' }, image] },
      ],
      getsMessages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'What\nis this?' },
        { role: 'user', content: [{ type: 'text', text: 'This:' }, image] },
      ],
    }),
    ...[
      { asks: { reasoning_effort: 'none' }, gets: { thinking: false } },
      { asks: { reasoning_effort: 'medium' }, gets: { thinking: true, reasoning_effort: 'high' } },
      { asks: { reasoning_effort: 'xhigh' }, gets: { thinking: true, reasoning_effort: 'max' } },
      { asks: { thinking: { type: 'disabled' } }, gets: { thinking: false } },
      {
        asks: { thinking: { type: 'enabled' }, reasoning_effort: 'max' },
        gets: { thinking: true, reasoning_effort: 'max' },
      },
    ].map(({ asks, gets }) =>
      requestFixture({
        name: `${JSON.stringify(asks)} in the words of the chat template`,
        model: v4,
        asks,
        gets: { chat_template_kwargs: gets },
      }),
    ),
    requestFixture({
      name: "the chat template's own words before others",
      model: 'moonshotai/kimi-k2.6',
      asks: { chat_template_kwargs: { thinking: false }, reasoning_effort: 'high', thinking: { type: 'enabled' } },
      gets: { chat_template_kwargs: { thinking: false } },
    }),
    requestFixture({
      name: 'an effort that gpt-oss knows',
      model: 'openai/gpt-oss-120b',
      asks: { reasoning_effort: 'minimal' },
      gets: { reasoning_effort: 'low' },
    }),
    requestFixture({
      name: 'ids of tool calls as Mistral wants them',
      model: 'mistralai/mistral-large-3-675b-instruct-2512',
      messages: conversation({}, 'call_PTLP8xhu3uwZk4l3nlnrrJha'),
      getsMessages: conversation({}, '8EOxwftM7'),
    }),
    requestFixture({
      name: 'less to a model for images',
      model: vision,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'This:' }, image] }],
      asks: {
        stream: true,
        frequency_penalty: 0.5,
        tools,
        tool_choice: 'required',
        response_format: { type: 'json_object' },
      },
      gets: { stream: true, frequency_penalty: 0.5 },
      drops: ['tools', 'tool_choice', 'response_format'],
    }),
    requestFixture({
      name: 'the system’s message to a model without a role for it',
      model: gemma,
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Hi' },
      ],
      getsMessages: [{ role: 'user', content: 'Be kind.\n\nHi' }],
      asks: { presence_penalty: 0.5 },
      gets: {},
      drops: ['presence_penalty'],
    }),
  ],
  answers: [
    {
      name: 'a model that thinks',
      body: '{"id":"chatcmpl-2f0","object":"chat.completion","created":1777500010,"model":"deepseek-ai/deepseek-v4-pro","choices":[{"index":0,"message":{"role":"assistant","content":"391","refusal":null,"annotations":null,"audio":null,"function_call":null,"tool_calls":[],"reasoning_content":null,"reasoning":"23 times 17."},"logprobs":null,"finish_reason":"stop","stop_reason":null,"token_ids":null}],"service_tier":null,"system_fingerprint":null,"usage":{"prompt_tokens":14,"total_tokens":80,"completion_tokens":66,"prompt_tokens_details":null},"prompt_logprobs":null,"kv_transfer_params":null}',
      found: {
        text: '391',
        reasoning: '23 times 17.',
        finishReason: 'stop',
        id: 'chatcmpl-2f0',
        usage: { inputTokens: 14, outputTokens: 66 },
      },
    },
  ],
  streams: [
    {
      name: 'a plain model',
      body: `data: {"id":"chat-81e","object":"chat.completion.chunk","created":1777500011,"model":"meta/llama-3.3-70b-instruct","choices":[{"index":0,"delta":{"role":"assistant","content":null},"logprobs":null,"finish_reason":null}]}

data: {"id":"chat-81e","object":"chat.completion.chunk","created":1777500011,"model":"meta/llama-3.3-70b-instruct","choices":[{"index":0,"delta":{"content":"Good"},"logprobs":null,"finish_reason":null}]}

data: {"id":"chat-81e","object":"chat.completion.chunk","created":1777500011,"model":"meta/llama-3.3-70b-instruct","choices":[{"index":0,"delta":{"content":" day"},"logprobs":null,"finish_reason":null}]}

data: {"id":"chat-81e","object":"chat.completion.chunk","created":1777500011,"model":"meta/llama-3.3-70b-instruct","choices":[{"index":0,"delta":{"content":""},"logprobs":null,"finish_reason":"stop","stop_reason":null}]}

data: {"id":"chat-81e","object":"chat.completion.chunk","created":1777500011,"model":"meta/llama-3.3-70b-instruct","choices":[],"usage":{"prompt_tokens":37,"total_tokens":40,"completion_tokens":3}}

data: [DONE]

`,
      found: { text: 'Good day', finishReason: 'stop', id: 'chat-81e', usage: { inputTokens: 37, outputTokens: 3 } },
    },
  ],
  brokenStreams: [
    {
      name: 'a model behind it, with an error in its own shape',
      body: 'data: {"error":{"object":"error","message":"EngineCore encountered an issue.","type":"InternalServerError","param":null,"code":500}}\n\n',
      failure: { class: 'transient', status: 500 },
    },
  ],
  errors: [
    {
      name: 'a parameter that a model does not take',
      status: 400,
      body: '{"message":"Validation: Unsupported parameter(s): `prompt_cache_key`","type":"Bad Request","code":400}',
      failure: { class: 'caller_fault', quote: 'Validation: Unsupported parameter(s): `prompt_cache_key`' },
    },
    {
      name: 'the same as problem details',
      status: 422,
      body: '{"type":"urn:inference-service:problem-details:unprocessable-entity","title":"Unprocessable Entity","status":422,"detail":"body -> frequency_penalty\\n  Extra inputs are not permitted (type=extra_forbidden)","instance":"/v2/nvcf/pexec/functions/1136f83f","requestId":"2230b3a0"}',
      failure: { class: 'caller_fault' },
    },
    {
      name: 'the same as text',
      status: 400,
      body: `{"error":"[{'type': 'extra_forbidden', 'loc': ('body', 'prompt_cache_key'), 'msg': 'Extra inputs are not permitted', 'input': 'main'}]"}`,
      failure: { class: 'caller_fault' },
    },
    {
      name: 'tools at a model that is served without them',
      status: 400,
      body: '{"error":{"message":"\\"auto\\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set","type":"BadRequestError","param":null,"code":400}}',
      failure: { class: 'unfit' },
    },
    {
      name: 'a model that is down',
      status: 400,
      body: '{"status":400,"title":"Bad Request","detail":"Function id \'23d4f03a\' version \'null\': DEGRADED function cannot be invoked"}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a model that is gone',
      status: 404,
      body: '{"status":404,"title":"Not Found","detail":"Function \'23d4f03a-b8a6\': Not found for account \'Qawmu2vU\'"}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a model that is retired',
      status: 410,
      body: '{"status":410,"title":"Gone","detail":"The model has reached its end of life."}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a refused key',
      status: 403,
      body: '{"status":403,"title":"Forbidden","detail":"Authorization failed"}',
      failure: { class: 'credential' },
    },
    {
      name: 'a limit by the minute',
      status: 429,
      body: '{"status":429,"title":"Too Many Requests"}',
      failure: { class: 'rate_limit' },
    },
  ],
}
