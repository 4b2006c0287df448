import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { requestFixture, weather } from '../request-fixture.contract.ts'

const tools = [weather]
const schema = { type: 'object', properties: { a: { type: 'integer' } } }

export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'what it takes, and no more',
      asks: {
        max_completion_tokens: 9,
        temperature: 0.2,
        top_p: 0.9,
        stop: 'a',
        seed: -3,
        tools,
        tool_choice: 'required',
        n: 2,
        logit_bias: { 5: 1 },
        user: 'u',
        parallel_tool_calls: true,
      },
      gets: {
        max_tokens: 9,
        temperature: 0.2,
        top_p: 0.9,
        stop: ['a'],
        seed: 3,
        tools,
        tool_choice: 'required',
      },
      drops: ['n', 'logit_bias', 'user'],
    }),
    requestFixture({ name: 'several ends as they are', asks: { stop: ['a', 'b'] } }),
    requestFixture({ name: 'no sampling from everything', asks: { top_p: 1 }, gets: {} }),
    requestFixture({
      name: 'a schema as a grammar',
      asks: { response_format: { type: 'json_schema', json_schema: { name: 'a', schema } } },
      gets: { response_format: { type: 'json', value: schema } },
    }),
    requestFixture({
      name: 'JSON as a grammar',
      asks: { response_format: { type: 'json_object' } },
      gets: { response_format: { type: 'json', value: { type: 'object' } } },
    }),
    requestFixture({
      name: 'its own grammars',
      asks: { response_format: { type: 'regex', value: '[ab]' } },
    }),
    requestFixture({ name: 'text without a grammar', asks: { response_format: { type: 'text' } }, gets: {} }),
    requestFixture({
      name: 'no tools that are none',
      asks: { tools: [], tool_choice: 'auto' },
      gets: {},
    }),
  ],
  answers: [
    {
      name: 'a model that ends in its own words',
      body: '{"object":"chat.completion","id":"","created":1726656043,"model":"meta-llama/Llama-3.1-8B-Instruct","system_fingerprint":"2.4.0-sha-0a655a0","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"logprobs":null,"finish_reason":"eos_token"}],"usage":{"prompt_tokens":35,"completion_tokens":2,"total_tokens":37}}',
      found: { text: 'Hi', finishReason: 'stop', usage: { inputTokens: 35, outputTokens: 2 } },
    },
    {
      name: 'a tool called, with its arguments as an object',
      body: '{"object":"chat.completion","id":"","created":1726656044,"model":"m","system_fingerprint":"2.2.0","choices":[{"index":0,"message":{"role":"assistant","tool_calls":[{"id":"0","type":"function","function":{"description":null,"name":"weather","arguments":{"city":"Paris"}}}]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":157,"completion_tokens":19,"total_tokens":176}}',
      found: { tools: [['weather', '{"city":"Paris"}']], usage: { inputTokens: 157, outputTokens: 19 } },
    },
  ],
  streams: [
    {
      name: 'a model that ends in its own words',
      body: `data: {"object":"chat.completion.chunk","id":"","created":1726656045,"model":"m","system_fingerprint":"2.4.0","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"logprobs":null,"finish_reason":null}],"usage":null}

data: {"object":"chat.completion.chunk","id":"","created":1726656045,"model":"m","system_fingerprint":"2.4.0","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":"eos_token"}],"usage":null}

data: {"object":"chat.completion.chunk","id":"","created":1726656045,"model":"m","system_fingerprint":"2.4.0","choices":[],"usage":{"prompt_tokens":35,"completion_tokens":2,"total_tokens":37}}

data: [DONE]

`,
      found: { text: 'Hi', finishReason: 'stop', usage: { inputTokens: 35, outputTokens: 2 } },
    },
    {
      name: 'a tool called, by an older server, one call where a list belongs',
      body: `data: {"object":"chat.completion.chunk","id":"","created":1726656046,"model":"m","system_fingerprint":"2.2.0","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":{"index":0,"id":"","type":"function","function":{"name":"weather","arguments":"{"}}},"logprobs":null,"finish_reason":null}]}

data: {"object":"chat.completion.chunk","id":"","created":1726656046,"model":"m","system_fingerprint":"2.2.0","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":{"index":0,"id":"","type":"function","function":{"name":"","arguments":"}"}}},"logprobs":null,"finish_reason":"stop"}]}

data: [DONE]

`,
      found: { tools: [['weather', '{}']], usage: {} },
    },
  ],
  brokenStreams: [
    {
      name: 'a prompt that was refused after all',
      body: 'event: error\ndata: {"error":"Input validation error: `inputs` must have less than 4095 tokens. Given: 5000","error_type":"validation"}\n\n',
      failure: { class: 'context_window' },
    },
    {
      name: 'a newer server',
      body: 'data: {"error":{"message":"Request failed during generation: CUDA error","http_status_code":424}}\n\n',
      failure: { class: 'transient' },
    },
  ],
  errors: [
    {
      name: 'a prompt that is too long',
      status: 422,
      body: '{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8192. Given: 7000 `inputs` tokens and 2000 `max_new_tokens`","error_type":"validation"}',
      failure: { class: 'context_window' },
    },
    {
      name: 'a field that is out of bounds',
      status: 422,
      body: '{"error":"Input validation error: `top_p` must be > 0.0 and < 1.0","error_type":"validation"}',
      failure: { class: 'caller_fault', quote: 'Input validation error: `top_p` must be > 0.0 and < 1.0' },
    },
    {
      name: 'an overload',
      status: 429,
      body: '{"error":"Model is overloaded","error_type":"overloaded"}',
      failure: { class: 'rate_limit' },
    },
    {
      name: 'a generation that failed',
      status: 424,
      body: '{"error":"Request failed during generation","error_type":"generation"}',
      failure: { class: 'transient' },
    },
    {
      name: 'a body that it cannot read',
      status: 422,
      body: 'Failed to deserialize the JSON body into the target type: stop: invalid type: string "a", expected a sequence',
      failure: { class: 'caller_fault' },
    },
  ],
}
