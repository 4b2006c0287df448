import type { ProviderFixtures } from '../provider-fixtures.contract.ts'

const messages = [{ role: 'user', content: 'Hi' }]

export const fixtures: ProviderFixtures = {
  requests: [
    {
      name: 'the fallbacks that were planned',
      body: JSON.stringify({ model: 'a', models: ['x'], messages }),
      target: { fallbackModels: ['b', 'c'] },
      sends: { model: 'upstream-model', models: ['b', 'c'], messages },
    },
    {
      name: 'fallbacks where the request named none',
      body: JSON.stringify({ model: 'a', messages }),
      target: { fallbackModels: ['b'] },
      sends: { models: ['b'], model: 'upstream-model', messages },
    },
    {
      name: 'every field as it is',
      body: JSON.stringify({
        model: 'a',
        provider: { sort: 'price' },
        session_id: 's',
        metadata: { a: 'b' },
        odd: null,
        n: 1,
        messages,
      }),
      sends: {
        model: 'upstream-model',
        provider: { sort: 'price' },
        session_id: 's',
        metadata: { a: 'b' },
        odd: null,
        n: 1,
        messages,
      },
    },
    {
      name: 'a stream, asking for usage',
      body: JSON.stringify({ model: 'a', stream: true, stream_options: { x: 1 }, messages }),
      sends: { model: 'upstream-model', stream: true, stream_options: { x: 1, include_usage: true }, messages },
    },
  ],
  answers: [
    {
      name: 'a model that the far side chose',
      body: '{"id":"chatcmpl-1","object":"chat.completion","created":1765000030,"model":"lab/fallback","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10,"cost":0.0000044,"cost_details":{"total":"0.0000044"}}}',
      found: { text: 'Hi', finishReason: 'stop', id: 'chatcmpl-1', usage: { inputTokens: 9, outputTokens: 1 } },
    },
  ],
  streams: [
    {
      name: 'a model that the far side chose',
      body: `: speka

data: {"id":"chatcmpl-2","object":"chat.completion.chunk","created":1765000031,"model":"lab/fallback","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"logprobs":null,"finish_reason":null}]}

data: {"id":"chatcmpl-2","object":"chat.completion.chunk","created":1765000031,"model":"lab/fallback","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}

data: {"id":"chatcmpl-2","object":"chat.completion.chunk","created":1765000031,"model":"lab/fallback","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10,"cost_details":{"total":"0.0000044"}}}

data: [DONE]

`,
      found: { text: 'Hi', finishReason: 'stop', id: 'chatcmpl-2', usage: { inputTokens: 9, outputTokens: 1 } },
    },
  ],
  errors: [
    {
      name: 'a model that the far side does not have',
      status: 404,
      body: '{"error":{"message":"No model is called \\"a\\". Did you mean \\"b\\"?","type":"invalid_request_error","param":"model","code":"model_not_found"}}',
      failure: {
        class: 'model_unavailable',
        code: 'model_not_found',
        quote: 'No model is called "a". Did you mean "b"?',
      },
    },
    {
      name: 'an allowance that is spent over there',
      status: 402,
      body: '{"error":{"message":"x","type":"insufficient_quota","param":null,"code":"y"}}',
      failure: { class: 'quota' },
    },
    {
      name: 'a circle',
      status: 508,
      body: '{"error":{"message":"x","type":"server_error","param":null,"code":"gateway_loop"}}',
      failure: { class: 'model_unavailable', code: 'gateway_loop' },
    },
  ],
}
