import { SpekaError } from '../../errors.ts'
import { checkChatRequest } from './check-chat-request.ts'

const fine = { model: 'a', messages: [{ role: 'user', content: 'hi' }] }

function refusal(value: unknown): SpekaError {
  try {
    checkChatRequest(value)
  } catch (error) {
    if (SpekaError.is(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test.each([
  { given: { messages: fine.messages }, code: 'missing_required_parameter', param: 'model' },
  { given: { ...fine, model: '' }, code: 'missing_required_parameter', param: 'model' },
  { given: { ...fine, model: 5 }, code: 'missing_required_parameter', param: 'model' },
  { given: { model: 'a' }, code: 'missing_required_parameter', param: 'messages' },
  { given: { ...fine, messages: 'hi' }, code: 'invalid_value', param: 'messages' },
  { given: { ...fine, messages: [] }, code: 'invalid_value', param: 'messages' },
  { given: { ...fine, messages: ['hi'] }, code: 'invalid_value', param: 'messages[0]' },
  {
    given: { ...fine, messages: [...fine.messages, {}] },
    code: 'missing_required_parameter',
    param: 'messages[1].role',
  },
  { given: { ...fine, messages: [{ role: 'user', content: 5 }] }, code: 'invalid_value', param: 'messages[0].content' },
  { given: { ...fine, models: ['b', ''] }, code: 'invalid_value', param: 'models' },
  { given: { ...fine, models: 'b' }, code: 'invalid_value', param: 'models' },
  { given: { ...fine, stream: 'true' }, code: 'invalid_value', param: 'stream' },
  { given: { ...fine, stream_options: true }, code: 'invalid_value', param: 'stream_options' },
  { given: { ...fine, n: 0 }, code: 'invalid_value', param: 'n' },
  { given: { ...fine, n: 1e6 }, code: 'invalid_value', param: 'n' },
  { given: { ...fine, max_tokens: -1 }, code: 'invalid_value', param: 'max_tokens' },
  { given: { ...fine, max_tokens: 1.5 }, code: 'invalid_value', param: 'max_tokens' },
  { given: { ...fine, max_tokens: '5' }, code: 'invalid_value', param: 'max_tokens' },
  { given: { ...fine, max_completion_tokens: 2 ** 53 }, code: 'invalid_value', param: 'max_completion_tokens' },
  { given: { ...fine, temperature: Infinity }, code: 'invalid_value', param: 'temperature' },
  { given: { ...fine, tools: {} }, code: 'invalid_value', param: 'tools' },
  { given: { ...fine, tools: Array.from({ length: 1001 }, () => ({})) }, code: 'invalid_value', param: 'tools' },
  { given: { ...fine, response_format: [] }, code: 'invalid_value', param: 'response_format' },
  { given: { ...fine, provider: ['a'] }, code: 'invalid_value', param: 'provider' },
  { given: { ...fine, provider: { order: 'a' } }, code: 'invalid_value', param: 'provider.order' },
  { given: { ...fine, provider: { only: [''] } }, code: 'invalid_value', param: 'provider.only' },
  { given: { ...fine, provider: { sort: 'random' } }, code: 'invalid_value', param: 'provider.sort' },
  { given: { ...fine, provider: { zdr: true } }, code: 'unsupported_parameter', param: 'provider.zdr' },
  {
    given: { ...fine, provider: { max_price: { prompt: -1 } } },
    code: 'invalid_value',
    param: 'provider.max_price.prompt',
  },
  { given: { ...fine, session_id: 'x'.repeat(257) }, code: 'invalid_value', param: 'session_id' },
  { given: { ...fine, stop: Array.from({ length: 1001 }, () => 'x') }, code: 'invalid_value', param: 'stop' },
  {
    given: { ...fine, messages: Array.from({ length: 10_001 }, () => fine.messages[0]) },
    code: 'invalid_value',
    param: 'messages',
  },
  { given: [], code: 'invalid_json', param: undefined },
])('$param is refused in $given', ({ given, code, param }) => {
  expect(refusal(given)).toMatchObject({ code, param })
})

test.each([
  ['nothing but what is needed', {}],
  ['null for absent', { stream: null, n: null, max_tokens: null, models: null, provider: null, tools: null }],
  ['fields nobody has heard of', { chat_template_kwargs: { thinking: true } }],
  ['what the official SDKs test with', { max_tokens: 0, seed: -9007199254740991, functions: [], tools: [], n: 128 }],
  ['as many texts to stop at as there may be', { stop: Array.from({ length: 1000 }, () => 'x') }],
  ['as many tools as there may be', { tools: Array.from({ length: 1000 }, () => ({ type: 'function' })) }],
  ['both forms of stop', { stop: ['a', 'b'], tool_choice: { type: 'function' } }],
  ['messages without content', { messages: [{ role: 'assistant', tool_calls: [] }] }],
  ['content in parts', { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] }],
])('%s is accepted', (_, fields) => {
  const request = { ...fine, ...fields }
  expect(checkChatRequest(request)).toBe(request)
})

test('of several fields that are wrong the same one is told, whichever comes first, and names of what every object has pass through', () => {
  const wrong = { n: 'many', temperature: 'warm' }
  expect(refusal({ ...fine, ...wrong }).param).toBe('n')
  expect(refusal({ temperature: wrong.temperature, n: wrong.n, ...fine }).param).toBe('n')
  expect(checkChatRequest({ ...fine, toString: 5, constructor: 'x' })).toMatchObject({ toString: 5 })
})
