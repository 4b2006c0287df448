import type { FailureClass } from '../failure.ts'
import { errorWords } from './error-words.ts'
import { findErrorWords } from './find-error-words.ts'

const anyClass = new Set(errorWords.map((row) => row.class))
const said = (codes: readonly string[], sentences: readonly string[] = [], param?: string) => ({
  codes,
  sentences,
  param,
})
const classOf = (codes: readonly string[], sentences: readonly string[] = [], param?: string) =>
  findErrorWords(said(codes, sentences, param), anyClass)?.class

/** What makers call an error, and of which class it is. */
const codes: readonly (readonly [FailureClass, readonly string[]])[] = [
  ['quota', ['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active']],
  ['quota', ['billing_error']],
  ['quota', ['exceeded_current_quota_error']],
  ['quota', ['insufficient_balance', 'insufficient_credits', 'insufficient_funds', 'payment_required']],
  ['quota', ['arrearage', 'accountoverdueerror', 'allocationquota.freetieronly', 'accountquotaexceeded']],
  ['credential', ['invalid_api_key', 'invalid_authentication_error', 'incorrect_api_key_error', 'account_deactivated']],
  ['credential', ['api_key_invalid', 'api_key_expired', 'api_key_service_blocked', 'api_key_http_referrer_blocked']],
  [
    'credential',
    ['authentication_error', 'authenticationerror', 'authentication_failed', 'unauthorized', 'unauthenticated'],
  ],
  [
    'credential',
    [
      'unrecognizedclientexception',
      'invalidsignatureexception',
      'signaturedoesnotmatch',
      'incompletesignature',
      'requestexpired',
      'requesttimetooskewed',
      'expiredtokenexception',
    ],
  ],
  [
    'content_policy',
    ['content_policy_violation', 'moderation_blocked', 'content_moderation_failed', 'image_generation_blocked'],
  ],
  ['content_policy', ['content_filter', 'contentfilter', 'responsibleaipolicyviolation']],
  [
    'content_policy',
    [
      'data_inspection_failed',
      'datainspectionfailed',
      'sensitivecontentdetected',
      'inputtextsensitivecontentdetected',
      'outputtextsensitivecontentdetected',
      'inputimagesensitivecontentdetected',
      'outputimagesensitivecontentdetected',
      'censorship_blocked',
    ],
  ],
  ['content_policy', ['nsfw_content_detected']],
  ['context_window', ['context_length_exceeded', 'max_tokens_per_request', 'tokens_limit_reached']],
  ['context_window', ['exceed_context_size_error']],
  [
    'model_unavailable',
    ['model_not_found', 'model_not_available', 'model_decommissioned', 'model_not_supported', 'invalid_model'],
  ],
  ['unfit', ['unsupported_api_for_model']],
  ['unfit', ['invalid_encrypted_content']],
  ['rate_limit', ['rate_limit_exceeded', 'rate_limit_error', 'throttlingexception', 'resource_exhausted']],
]

test.each(codes)('of class %s are %j', (failureClass, known) => {
  for (const code of known) expect({ code, class: classOf([code]) }).toEqual({ code, class: failureClass })
  // Some write them large, and some where a sentence should be.
  for (const code of known) expect(classOf([code.toUpperCase()])).toBe(failureClass)
  for (const code of known) expect(classOf([], [code])).toBe(failureClass)
})

test('a code that is not known says nothing, nor do no words at all', () => {
  expect(classOf(['nope'])).toBeUndefined()
  expect(classOf([])).toBeUndefined()
})

test('words mean only what they may mean here', () => {
  expect(findErrorWords(said(['insufficient_quota']), new Set(['content_policy']))).toBeUndefined()
  expect(findErrorWords(said(['nope', 'insufficient_quota']), new Set(['quota']))?.class).toBe('quota')
})

test('one sentence of several is enough', () => {
  expect(classOf([], ['Something else happened.', 'Incorrect API key provided: x.'])).toBe('credential')
})

describe('what a caller may have written', () => {
  test.each([
    ['a part of the request that is named', 'tools[0].headers', ['Incorrect API key provided: x.']],
    ['a part that the sentence names', undefined, ['tools[0]: Incorrect API key provided: x.']],
    ['a tool behind MCP', undefined, ['The MCP server said: Incorrect API key provided: x.']],
  ])('does not have the operator’s keys passed over: %s', (_, param, sentences) => {
    expect(classOf([], sentences, param)).toBeUndefined()
    expect(classOf(['insufficient_quota'], sentences, param)).toBeUndefined()
  })

  test.each([undefined, '', 'api_key', 'Authorization'])(
    'the gateway’s own key is meant where the field is %p',
    (param) => {
      expect(classOf([], ['Incorrect API key provided: x.'], param)).toBe('credential')
    },
  )

  test('is not looked at where it is quoted', () => {
    expect(classOf([], ['I cannot read "Incorrect API key provided: x" here.'])).toBeUndefined()
    expect(classOf([], ["I cannot read 'it isn't so: Incorrect API key provided' here."])).toBeUndefined()
    expect(classOf([], ['Not "this one here" or `that one there`. Incorrect API key provided: x.'])).toBe('credential')
    // What is quoted without an end, or is one word, is no text of theirs.
    expect(classOf([], ['"Incorrect API key provided: x.'])).toBe('credential')
    expect(classOf([], ['I read "Incorrect API key provided: x.'])).toBe('credential')
    for (const sentence of ['`inputs` must have less than 4096 tokens.', 'A " ContextWindowExceededError ".'])
      expect(classOf([], [sentence])).toBe('context_window')
  })

  test.each([
    '"Incorrect API key provided: x" is what I read.',
    'I read "(Incorrect API key provided: x)" here.',
    'I read "this \'and that\' Incorrect API key provided: x" here.',
    'I read "a ContextWindowExceededError" here.',
  ])('however it is quoted: %s', (sentence) => {
    expect(classOf([], [sentence])).toBeUndefined()
  })

  test.each([
    'Incorrect API key provided: x, not "that one there".',
    '"This one." Incorrect API key provided: x, not "that one there".',
    'Not "": Incorrect API key provided: x, not "that one there".',
    "Not 'x.': Incorrect API key provided: x, not 'that one there'.",
  ])('is all that is left out: %s', (sentence) => {
    expect(classOf([], [sentence])).toBe('credential')
  })
})
