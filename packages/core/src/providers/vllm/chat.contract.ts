import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { requestFixture } from '../request-fixture.contract.ts'

export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'its own extras',
      asks: {
        top_k: 5,
        chat_template_kwargs: { enable_thinking: false },
        structured_outputs: { choice: ['a'] },
        user: 'u',
      },
    }),
    requestFixture({
      name: 'the developer’s message as the system’s, which every template knows',
      messages: [{ role: 'developer', content: 'Be kind.' }],
      getsMessages: [{ role: 'system', content: 'Be kind.' }],
    }),
  ],
  answers: [
    {
      name: 'a model that thinks, with all that a message can have',
      body: '{"id":"chatcmpl-0c1","object":"chat.completion","created":1765000000,"model":"Qwen/Qwen3-8B","choices":[{"index":0,"message":{"role":"assistant","content":"\\n\\n4","refusal":null,"annotations":null,"audio":null,"function_call":null,"tool_calls":[],"reasoning":"2+2","reasoning_content":"2+2"},"logprobs":null,"finish_reason":"stop","stop_reason":null,"token_ids":null}],"service_tier":null,"system_fingerprint":null,"usage":{"prompt_tokens":9,"total_tokens":21,"completion_tokens":12,"prompt_tokens_details":null},"prompt_logprobs":null,"prompt_token_ids":null,"kv_transfer_params":null}',
      found: { text: '\n\n4', reasoning: '2+2', finishReason: 'stop', usage: { inputTokens: 9, outputTokens: 12 } },
    },
    {
      name: 'a tool called',
      body: '{"id":"chatcmpl-0c2","object":"chat.completion","created":1765000001,"model":"Qwen/Qwen3-8B","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"chatcmpl-tool-9a","type":"function","function":{"name":"weather","arguments":"{\\"city\\": \\"Paris\\"}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":150,"total_tokens":170,"completion_tokens":20,"prompt_tokens_details":{"cached_tokens":144}}}',
      found: {
        tools: [['weather', '{"city": "Paris"}']],
        finishReason: 'tool_calls',
        usage: { inputTokens: 150, outputTokens: 20, cachedInputTokens: 144 },
      },
    },
  ],
  badAnswers: [
    {
      name: 'a flat error',
      body: '{"object":"error","message":"Internal server error","type":"InternalServerError","param":null,"code":500}',
      failure: { class: 'transient', status: 500 },
    },
  ],
  streams: [
    {
      name: 'a model that thinks, with usage in every event',
      body: `data: {"id":"chatcmpl-0c3","object":"chat.completion.chunk","created":1765000002,"model":"Qwen/Qwen3-8B","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"usage":{"prompt_tokens":9,"total_tokens":9,"completion_tokens":0}}

data: {"id":"chatcmpl-0c3","object":"chat.completion.chunk","created":1765000002,"model":"Qwen/Qwen3-8B","choices":[{"index":0,"delta":{"reasoning":"Hm"},"logprobs":null,"finish_reason":null,"token_ids":null}],"usage":{"prompt_tokens":9,"total_tokens":10,"completion_tokens":1}}

data: {"id":"chatcmpl-0c3","object":"chat.completion.chunk","created":1765000002,"model":"Qwen/Qwen3-8B","choices":[{"index":0,"delta":{"content":"4"},"logprobs":null,"finish_reason":"stop","stop_reason":null,"token_ids":null}],"usage":{"prompt_tokens":9,"total_tokens":12,"completion_tokens":3}}

data: {"id":"chatcmpl-0c3","object":"chat.completion.chunk","created":1765000002,"model":"Qwen/Qwen3-8B","choices":[],"usage":{"prompt_tokens":9,"total_tokens":12,"completion_tokens":3}}

data: [DONE]

`,
      found: {
        text: '4',
        reasoning: 'Hm',
        finishReason: 'stop',
        id: 'chatcmpl-0c3',
        usage: { inputTokens: 9, outputTokens: 3 },
      },
    },
  ],
  brokenStreams: [
    {
      name: 'an older server, with a flat error',
      body: 'data: {"object":"error","message":"CUDA out of memory","type":"InternalServerError","param":null,"code":500}\n\ndata: [DONE]\n\n',
      failure: { class: 'transient', status: 500 },
    },
  ],
  errors: [
    {
      name: 'a model that it does not serve',
      status: 404,
      body: '{"error":{"message":"The model `x` does not exist.","type":"NotFoundError","param":"model","code":404}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a prompt that is too long',
      status: 400,
      body: '{"error":{"message":"\'max_tokens\' or \'max_completion_tokens\' is too large: 9000. This model\'s maximum context length is 8192 tokens and your request has 12 input tokens.","type":"BadRequestError","param":null,"code":400}}',
      failure: { class: 'context_window' },
    },
    {
      name: 'an older server, with a flat error',
      status: 400,
      body: '{"object":"error","message":"top_k must be -1 (disable), or at least 1, got 0.","type":"BadRequestError","param":null,"code":400}',
      failure: { class: 'caller_fault', quote: 'top_k must be -1 (disable), or at least 1, got 0.' },
    },
    {
      name: 'a server that starts without a parser for tools',
      status: 400,
      body: '{"error":{"message":"\\"auto\\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set","type":"BadRequestError","param":null,"code":400}}',
      failure: { class: 'unfit' },
    },
    { name: 'a refused key', status: 401, body: '{"error":"Unauthorized"}', failure: { class: 'credential' } },
  ],
}
