import type { ProviderFixtures, RequestFixture } from '../provider-fixtures.contract.ts'
import { conversation, weather } from '../request-fixture.contract.ts'

const model = 'perplexity/sonar'
const said = { type: 'message', role: 'user', content: 'Hi' }

const asks = (
  name: string,
  fields: object,
  sends: object,
  drops: string[] = [],
  upstreamModel = model,
): RequestFixture => ({
  name,
  body: JSON.stringify({ model: 'lab/model', messages: [{ role: 'user', content: 'Hi' }], ...fields }),
  target: { upstreamModel },
  path: '/responses',
  sends: { input: [said], ...sends },
  drops,
})

/** As docs.perplexity.ai/api-reference/agent-post and its SDK describe answers and events. */
export const fixtures: ProviderFixtures = {
  writesAnew: 'Perplexity is asked by its Agent API',
  fieldNames: ['id', 'status', 'output', 'content', 'text', 'usage', 'input_tokens', 'output_tokens', 'error'],
  requests: [
    asks(
      'what it takes, and no more',
      { max_tokens: 9, reasoning_effort: 'low', max_steps: 3, temperature: 0.2, stop: ['a'], n: 2 },
      { model, max_output_tokens: 9, reasoning: { effort: 'low' }, max_steps: 3 },
      ['temperature', 'stop', 'n'],
    ),
    asks('a preset by its name', {}, { preset: 'high' }, [], 'high'),
    asks(
      'a search, and a function',
      { tools: [{ type: 'web_search', search_context_size: 'low' }, weather] },
      {
        model,
        tools: [
          { type: 'web_search', search_context_size: 'low' },
          { type: 'function', name: 'weather', parameters: { type: 'object', properties: {} }, strict: false },
        ],
      },
    ),
    asks('no JSON without a schema', { response_format: { type: 'json_object' } }, { model }, ['response_format']),
    asks(
      'a schema as chat has it',
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } } },
      { model, response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } } },
    ),
    asks('a stream', { stream: true }, { model, stream: true }),
    asks(
      'a conversation, in its own words',
      { messages: conversation({ content: 'I look.', reasoning_content: 'Hm' }) },
      {
        model,
        input: [
          { type: 'message', role: 'user', content: 'Weather?' },
          { type: 'message', role: 'assistant', content: [{ type: 'input_text', text: 'I look.' }] },
          { type: 'function_call', call_id: 'call_abc123', name: 'weather', arguments: '{}' },
          { type: 'function_call_output', call_id: 'call_abc123', output: 'Sunny' },
        ],
      },
    ),
  ],
  answers: [
    {
      name: 'a model that has searched',
      body: '{"id":"resp_1","object":"response","created_at":1765000000,"status":"completed","model":"perplexity/sonar","output":[{"type":"search_results","queries":["hello"],"results":[{"id":1,"title":"Hello","url":"https://example.com","snippet":"Hello"}]},{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hello![1]","annotations":[]}]}],"usage":{"input_tokens":100,"output_tokens":20,"total_tokens":120,"input_tokens_details":{"cache_read_input_tokens":40},"tool_calls_details":{"web_search":{"invocation":2}},"cost":{"currency":"USD","input_cost":0.0001,"output_cost":0.0001,"tool_calls_cost":0.01,"total_cost":0.0102}}}',
      found: {
        text: 'Hello![1]',
        finishReason: 'stop',
        id: 'resp_1',
        usage: { inputTokens: 100, outputTokens: 20, cachedInputTokens: 40, searches: 2 },
      },
    },
    {
      name: 'a call of a tool',
      body: '{"id":"resp_2","object":"response","created_at":1765000001,"status":"completed","model":"perplexity/sonar","output":[{"type":"function_call","id":"fc_1","call_id":"call_1","name":"weather","arguments":"{}","status":"completed"}],"usage":{"input_tokens":30,"output_tokens":5,"total_tokens":35}}',
      found: {
        tools: [['weather', '{}']],
        finishReason: 'tool_calls',
        id: 'resp_2',
        usage: { inputTokens: 30, outputTokens: 5 },
      },
    },
  ],
  streams: [
    {
      name: 'a model that searches first',
      body: `event: response.created
data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_3","object":"response","created_at":1765000002,"status":"in_progress","model":"perplexity/sonar","output":[]}}

event: response.reasoning.started
data: {"type":"response.reasoning.started","sequence_number":1,"thought":"Searching"}

event: response.output_text.delta
data: {"type":"response.output_text.delta","sequence_number":2,"item_id":"msg_3","output_index":1,"content_index":0,"delta":"Hello!"}

event: response.completed
data: {"type":"response.completed","sequence_number":3,"response":{"id":"resp_3","object":"response","created_at":1765000002,"status":"completed","model":"perplexity/sonar","output":[{"type":"search_results","queries":["hello"],"results":[]},{"type":"message","id":"msg_3","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hello!"}]}],"usage":{"input_tokens":100,"output_tokens":4,"total_tokens":104,"tool_calls_details":{"web_search":{"invocation":1}}}}}

`,
      found: {
        text: 'Hello!',
        finishReason: 'stop',
        id: 'resp_3',
        usage: { inputTokens: 100, outputTokens: 4, searches: 1 },
      },
    },
  ],
  brokenStreams: [
    {
      name: 'a failure told beside no response',
      body: `data: {"type":"response.output_text.delta","sequence_number":0,"item_id":"msg_4","output_index":0,"content_index":0,"delta":"Hel"}

data: {"type":"response.failed","sequence_number":1,"error":{"message":"The model is overloaded","type":"server_error","code":"server_error"}}

`,
      failure: { class: 'transient' },
    },
  ],
  errors: [
    {
      name: 'a refused key',
      status: 401,
      body: '<html>\r\n<head><title>401 Authorization Required</title></head></html>',
      failure: { class: 'credential' },
    },
    {
      name: 'a model that it has not',
      status: 400,
      body: '{"error":{"message":"Invalid model \'sonar-9\'. Permitted models can be found in the documentation.","type":"invalid_model","code":400}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a conversation out of turn',
      status: 400,
      body: '{"error":{"message":"After the (optional) system message(s), user or tool message(s) should alternate with assistant message(s).","type":"invalid_message","code":400}}',
      failure: { class: 'caller_fault' },
    },
    {
      name: 'a limit',
      status: 429,
      body: '{"error":{"message":"Too many requests","code":429}}',
      failure: { class: 'rate_limit' },
    },
  ],
}
