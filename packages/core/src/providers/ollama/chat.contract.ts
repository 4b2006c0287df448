import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { requestFixture, weather } from '../request-fixture.contract.ts'

const tools = [weather]

export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what it does not know either, but not what it would ignore',
      asks: {
        max_completion_tokens: 9,
        seed: 3,
        n: 2,
        logit_bias: { 5: 1 },
        user: 'u',
        tools,
        tool_choice: 'required',
        odd: 1,
      },
      gets: { max_tokens: 9, seed: 3, tools, odd: 1 },
      drops: ['n', 'logit_bias', 'user', 'tool_choice'],
    }),
    requestFixture({ name: 'a choice that is none', asks: { tools, tool_choice: 'auto', n: 1 }, gets: { tools } }),
    requestFixture({ name: 'no tools when none may be called', asks: { tools, tool_choice: 'none' }, gets: {} }),
    requestFixture({
      name: 'an effort that it knows',
      asks: { reasoning_effort: 'minimal' },
      gets: { reasoning_effort: 'low' },
    }),
    requestFixture({
      name: 'the developer’s message as the system’s',
      messages: [{ role: 'developer', content: 'Be kind.' }],
      getsMessages: [{ role: 'system', content: 'Be kind.' }],
    }),
  ],
  answers: [
    {
      name: 'a model that thinks',
      body: '{"id":"chatcmpl-581","object":"chat.completion","created":1765000020,"model":"qwen3:0.6b","system_fingerprint":"fp_ollama","choices":[{"index":0,"message":{"role":"assistant","content":"4","reasoning":"2+2"},"finish_reason":"stop"}],"usage":{"prompt_tokens":15,"completion_tokens":80,"total_tokens":95}}',
      found: { text: '4', reasoning: '2+2', finishReason: 'stop', usage: { inputTokens: 15, outputTokens: 80 } },
    },
  ],
  streams: [
    {
      name: 'a model that thinks',
      body: `data: {"id":"chatcmpl-582","object":"chat.completion.chunk","created":1765000021,"model":"qwen3:0.6b","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"Hm"},"finish_reason":null}]}

data: {"id":"chatcmpl-582","object":"chat.completion.chunk","created":1765000021,"model":"qwen3:0.6b","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":"4"},"finish_reason":null}]}

data: {"id":"chatcmpl-582","object":"chat.completion.chunk","created":1765000021,"model":"qwen3:0.6b","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"stop"}]}

data: {"id":"chatcmpl-582","object":"chat.completion.chunk","created":1765000021,"model":"qwen3:0.6b","system_fingerprint":"fp_ollama","choices":[],"usage":{"prompt_tokens":15,"completion_tokens":3,"total_tokens":18}}

data: [DONE]

`,
      found: {
        text: '4',
        reasoning: 'Hm',
        finishReason: 'stop',
        id: 'chatcmpl-582',
        usage: { inputTokens: 15, outputTokens: 3 },
      },
    },
  ],
  brokenStreams: [
    {
      name: 'its runner',
      body: 'data: {"error":{"message":"an error was encountered while running the model: unexpected EOF","type":"api_error","param":null,"code":null}}\n\n',
      failure: { class: 'transient' },
    },
  ],
  errors: [
    {
      name: 'a model that is not pulled',
      status: 404,
      body: '{"error":{"message":"model \\"llama9\\" not found, try pulling it first","type":"not_found_error","param":null,"code":null}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a model without tools',
      status: 400,
      body: '{"error":{"message":"registry.ollama.ai/library/gemma:2b does not support tools","type":"invalid_request_error","param":null,"code":null}}',
      failure: { class: 'unfit' },
    },
    {
      name: 'an image at an address',
      status: 400,
      body: '{"error":{"message":"invalid image input","type":"invalid_request_error","param":null,"code":null}}',
      failure: { class: 'caller_fault', quote: 'invalid image input' },
    },
    {
      name: 'a model that does not fit',
      status: 500,
      body: '{"error":{"message":"model requires more system memory (5.0 GiB) than is available (2.1 GiB)","type":"api_error","param":null,"code":null}}',
      failure: { class: 'transient' },
    },
  ],
}
