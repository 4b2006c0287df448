import { BROKE_OFF, meaningOf } from './finish-words.ts'

test.each([
  ['stop', 'stop'],
  [' stop\n', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool_calls'],
  ['content_filter', 'content_filter'],
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
  'rate_limited',
  'terminated',
  'killed',
  'preempted',
  'expired',
  'service_unavailable',
])('%s says that the upstream broke off', (word) => {
  expect(meaningOf(word)).toBe(BROKE_OFF)
})

test.each([
  [
    'stop',
    ['end_turn', 'stop_sequence', 'pause_turn', 'eos', 'eos_token', 'repetition', 'end_id', 'stop_words', 'word'],
  ],
  ['stop', ['end', 'complete']],
  ['length', ['max_tokens', 'model_context_window_exceeded', 'model_length', 'limit', 'error_limit', 'token_limit']],
  ['length', ['max_output_tokens', 'incomplete']],
  ['tool_calls', ['tool_use', 'tool_call']],
  ['content_filter', ['refusal', 'safety', 'recitation', 'language', 'blocklist', 'prohibited_content', 'spii']],
  ['content_filter', ['image_safety', 'image_prohibited_content', 'image_recitation', 'guardrail_intervened']],
  ['content_filter', ['content_filtered', 'sensitive', 'error_toxic']],
  [BROKE_OFF, ['malformed_function_call', 'malformed_response', 'unexpected_tool_call', 'too_many_tool_calls']],
  [BROKE_OFF, ['missing_thought_signature', 'malformed_model_output', 'malformed_tool_use', 'error', 'abort']],
  [BROKE_OFF, ['insufficient_system_resource', 'timed_out', 'not_finished', 'network_error', 'timeout', 'user_cancel']],
  [BROKE_OFF, ['cancelled', 'time_limit', 'failed', 'canceled']],
])('%s is meant by %j, as their makers write', (meaning, words) => {
  for (const word of words) expect({ word, means: meaningOf(word) }).toEqual({ word, means: meaning })
})

test.each(['', 'because', 'constructor', '__proto__'])('nobody knows what "%s" means', (word) => {
  expect(meaningOf(word)).toBeUndefined()
})
