import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { requestFixture } from '../request-fixture.contract.ts'

export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'its own extras',
      asks: { separate_reasoning: true, regex: '[ab]', ebnf: 'root ::= "a"', chat_template_kwargs: { thinking: true } },
    }),
    requestFixture({
      name: 'the developer’s message as the system’s, which every template knows',
      messages: [{ role: 'developer', content: 'Be kind.' }],
      getsMessages: [{ role: 'system', content: 'Be kind.' }],
    }),
  ],
  answers: [
    {
      name: 'a model that thinks',
      body: '{"id":"4f1a","object":"chat.completion","created":1765000010,"model":"deepseek-ai/DeepSeek-V4-Flash","choices":[{"index":0,"message":{"role":"assistant","content":"4","reasoning_content":"2+2","tool_calls":null},"logprobs":null,"finish_reason":"stop","matched_stop":1}],"usage":{"prompt_tokens":9,"total_tokens":21,"completion_tokens":12,"prompt_tokens_details":null,"reasoning_tokens":5},"metadata":{"weight_version":"default"}}',
      found: { text: '4', reasoning: '2+2', finishReason: 'stop', usage: { inputTokens: 9, outputTokens: 12 } },
    },
  ],
  streams: [
    {
      name: 'a model that thinks',
      body: `data: {"id":"4f1b","object":"chat.completion.chunk","created":1765000011,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning_content":null,"tool_calls":null},"logprobs":null,"finish_reason":null,"matched_stop":null}],"usage":null}

data: {"id":"4f1b","object":"chat.completion.chunk","created":1765000011,"model":"m","choices":[{"index":0,"delta":{"role":null,"content":null,"reasoning_content":"Hm","tool_calls":null},"logprobs":null,"finish_reason":null,"matched_stop":null}],"usage":null}

data: {"id":"4f1b","object":"chat.completion.chunk","created":1765000011,"model":"m","choices":[{"index":0,"delta":{"role":null,"content":"4","reasoning_content":null,"tool_calls":null},"logprobs":null,"finish_reason":null,"matched_stop":null}],"usage":null}

data: {"id":"4f1b","object":"chat.completion.chunk","created":1765000011,"model":"m","choices":[{"index":0,"delta":{"role":null,"content":null,"reasoning_content":null,"tool_calls":null},"logprobs":null,"finish_reason":"stop","matched_stop":1}],"usage":null}

data: {"id":"4f1b","object":"chat.completion.chunk","created":1765000011,"model":"m","choices":[],"usage":{"prompt_tokens":9,"total_tokens":12,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":4}}}

data: [DONE]

`,
      found: {
        text: '4',
        reasoning: 'Hm',
        finishReason: 'stop',
        id: '4f1b',
        usage: { inputTokens: 9, outputTokens: 3, cachedInputTokens: 4 },
      },
    },
  ],
  brokenStreams: [
    {
      name: 'its scheduler',
      body: 'data: {"error":{"object":"error","message":"The request is aborted","type":"InternalServerError","param":null,"code":500}}\n\n',
      failure: { class: 'transient', status: 500 },
    },
  ],
  errors: [
    {
      name: 'a prompt that is too long',
      status: 400,
      body: `{"object":"error","message":"The input (5000 tokens) is longer than the model's context length (4096 tokens).","type":"BadRequestError","param":null,"code":400}`,
      failure: { class: 'context_window' },
    },
    {
      name: 'a field of the wrong kind',
      status: 400,
      body: `{"object":"error","message":"1 validation errors:\\n  {'type': 'float_parsing', 'loc': ('body', 'temperature'), 'msg': 'Input should be a valid number'}","type":"BadRequestError","param":null,"code":400}`,
      failure: { class: 'caller_fault' },
    },
    {
      name: 'an overload',
      status: 503,
      body: '{"object":"error","message":"The request queue is full.","type":"SERVICE_UNAVAILABLE","code":503}',
      failure: { class: 'transient' },
    },
  ],
}
