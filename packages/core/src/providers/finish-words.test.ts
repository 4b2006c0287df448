import { BROKE_OFF, meaningOf } from './finish-words.ts'

test.each([
  ['stop', 'stop'],
  ['function_call', 'function_call'],
  ['end_turn', 'stop'],
  ['eos', 'stop'],
  ['end', 'stop'],
  ['stop_sequence', 'stop'],
  ['COMPLETE', 'stop'],
  ['STOP', 'stop'],
  ['max_tokens', 'length'],
  ['MAX_TOKENS', 'length'],
  ['FINISH_REASON_MAX_TOKENS', 'length'],
  ['model_length', 'length'],
  ['ERROR_LIMIT', 'length'],
  ['tool_use', 'tool_calls'],
  ['toolUse', 'tool_calls'],
  ['tool-calls', 'tool_calls'],
  ['SAFETY', 'content_filter'],
  ['refusal', 'content_filter'],
  ['sensitive', 'content_filter'],
])("%s is OpenAI's %s", (word, meaning) => {
  expect(meaningOf(word)).toBe(meaning)
})

test.each([
  'abort',
  'aborted_by_scheduler',
  'cancelled',
  'CANCELED',
  'timeout',
  'time_limit',
  'network_error',
  'error',
  'internal_error',
  'failed',
  'insufficient_system_resource',
  'MALFORMED_FUNCTION_CALL',
  'interrupted',
])('%s says that the upstream broke off', (word) => {
  expect(meaningOf(word)).toBe(BROKE_OFF)
})

test.each(['', 'because', 'constructor', '__proto__'])('nobody knows what "%s" means', (word) => {
  expect(meaningOf(word)).toBeUndefined()
})
