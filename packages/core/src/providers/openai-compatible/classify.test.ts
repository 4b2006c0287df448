import type { FailureClass } from '../../failure.ts'
import { brokeOff, classifyErrorObject, classifyReply } from './classify.ts'

const reply = (status: number, error: object = {}, headers: Record<string, string> = {}) =>
  classifyReply({ status, headers, body: Buffer.from(JSON.stringify({ error })) })

/** What a status means where the error has no words of its own, and whether the upstream may charge for it. */
test.each([
  [400, 'caller_fault', false, 'refused the request'],
  [401, 'credential', false, "refused the gateway's key"],
  [402, 'quota', false, 'out of credit'],
  [403, 'credential', false, "refused the gateway's key"],
  [404, 'model_unavailable', false, 'does not serve this model'],
  [408, 'timeout', true, 'timed out'],
  [409, 'transient', false, 'reported a conflict'],
  [410, 'model_unavailable', false, 'no longer serves this model'],
  [413, 'caller_fault', false, 'too large'],
  [422, 'caller_fault', false, 'refused the request'],
  [424, 'transient', true, 'could not finish the answer'],
  [425, 'transient', false, 'asked later'],
  [429, 'rate_limit', false, 'is rate limiting the gateway'],
  [451, 'content_policy', false, 'declined the content'],
  [500, 'transient', true, 'had an internal error'],
  [502, 'transient', true, 'had a bad gateway'],
  [503, 'transient', false, 'is unavailable'],
  [504, 'transient', true, 'timed out internally'],
  [508, 'model_unavailable', false, 'leads back to this gateway'],
  [529, 'transient', false, 'is overloaded'],
  // What the table does not name.
  [200, 'unknown', true, 'not an answer'],
  [299, 'unknown', true, 'not an answer'],
  [300, 'unknown', false, 'redirect'],
  [302, 'unknown', false, 'redirect'],
  [418, 'unknown', false, 'refused the request'],
  [599, 'transient', true, 'had an error'],
])('%d is of class %s (may be billed: %p)', (status, failureClass, mayBeBilled, says) => {
  const failure = reply(status)
  expect({ ...failure, mayBeBilled: failure.mayBeBilled }).toMatchObject({ class: failureClass, mayBeBilled })
  expect(failure.message).toContain(says)
})

test('an upstream that leads back here is told by a code of its own', () => {
  expect(reply(508).code).toBe('gateway_loop')
})

test('what an upstream says of trying again is heard', () => {
  expect(reply(503, {}, { 'x-should-retry': 'false' })).toMatchObject({
    class: 'transient',
    status: 503,
    isFinal: true,
  })
  expect(reply(503, {}, { 'x-should-retry': 'true' }).isFinal).toBeUndefined()
  expect(reply(429, {}, { 'retry-after': '7' }).retryAfterMs).toBe(7000)
})

/** Inside an answer that had begun as a success: all of it may be charged for. */
test.each([
  [{ type: 'invalid_request_error' }, 'caller_fault', 400],
  [{ type: 'BadRequestError' }, 'caller_fault', 400],
  [{ type: 'authentication_error' }, 'credential', 401],
  [{ type: 'billing_error' }, 'quota', 402],
  [{ type: 'permission_error' }, 'credential', 403],
  [{ type: 'not_found_error' }, 'model_unavailable', 404],
  [{ type: 'NotFoundError' }, 'model_unavailable', 404],
  [{ type: 'request_too_large' }, 'caller_fault', 413],
  [{ type: 'validation' }, 'caller_fault', 422],
  [{ type: 'rate_limit_error' }, 'rate_limit', 429],
  [{ type: 'api_error' }, 'transient', 500],
  [{ type: 'timeout_error' }, 'transient', 504],
  [{ type: 'overloaded_error' }, 'transient', 529],
  [{ type: 'constructor' }, 'transient', undefined],
  [{ code: 404 }, 'model_unavailable', 404],
  [{ code: '429' }, 'rate_limit', 429],
  [{ code: '999', type: 'rate_limit_error' }, 'rate_limit', 429],
  [{ code: 404, type: 'rate_limit_error' }, 'model_unavailable', 404],
  [{}, 'transient', undefined],
])('an error %j inside a success is of class %s, as a status of %p', (error, failureClass, status) => {
  expect(classifyErrorObject({ message: 'x', ...error })).toMatchObject({
    class: failureClass,
    mayBeBilled: true,
    status,
  })
})

test.each([null, 5, [], {}])('what is no error object inside a success says that there was one: %j', (value) => {
  expect(classifyErrorObject(value)).toMatchObject({
    class: 'transient',
    mayBeBilled: true,
    message: 'reported an error',
  })
})

test('a sentence alone inside a success is read as one', () => {
  expect(classifyErrorObject('You exceeded your current quota')).toMatchObject({ class: 'quota', mayBeBilled: true })
})

test('an answer that its upstream broke off may be charged for, and may be tried elsewhere', () => {
  expect(brokeOff).toEqual({ class: 'transient', mayBeBilled: true, message: 'ended its answer with an error' })
})

/** A code of each class that words may mean, and what is said of it where the class alone says it. */
const codes = {
  quota: ['insufficient_quota', "the gateway's account is out of credit"],
  credential: ['invalid_api_key', "refused the gateway's key"],
  content_policy: ['content_filter', 'declined the content'],
  context_window: ['context_length_exceeded', /\w/],
  model_unavailable: ['model_not_found', 'does not serve this model'],
  unfit: ['unsupported_api_for_model', /\w/],
  rate_limit: ['rate_limit_exceeded', 'is rate limiting the gateway'],
} as const
type Coded = keyof typeof codes
const coded = Object.keys(codes) as Coded[]

test.each<[status: number, alone: FailureClass, refined: readonly Coded[]]>([
  [400, 'caller_fault', coded],
  [500, 'transient', coded],
  [418, 'unknown', coded.filter((name) => name !== 'rate_limit')],
  [429, 'rate_limit', ['quota', 'rate_limit']],
  [403, 'credential', ['quota', 'content_policy', 'model_unavailable', 'credential']],
  [402, 'quota', ['quota']],
  [404, 'model_unavailable', ['model_unavailable']],
  [408, 'timeout', []],
  [451, 'content_policy', ['content_policy']],
])('what %d means alone, %s, its words may make closer, to %j', (status, alone, refined) => {
  for (const name of coded) {
    const [code, says] = codes[name]
    const failure = reply(status, { code, message: 'x' })
    expect({ code, class: failure.class }).toEqual({ code, class: refined.includes(name) ? name : alone })
    if (refined.includes(name)) expect(failure.message).toMatch(says)
  }
})

/** What a caller is shown of an error with a code. */
const shown = (code: string) => {
  const { quote, param } = reply(400, { code, message: 'Say why.', param: 'prompt_cache_key' })
  return { quote, param }
}

test('the words of an upstream are shown where the caller can mend it, and where they could tell of the account are not', () => {
  const all = { quote: 'Say why.', param: 'prompt_cache_key' }
  for (const name of ['content_policy', 'context_window', 'unfit'] as const) expect(shown(codes[name][0])).toEqual(all)
  for (const name of ['quota', 'credential', 'model_unavailable', 'rate_limit'] as const)
    expect(shown(codes[name][0])).toEqual({ quote: undefined, param: undefined })
})

const raw = (status: number, body: unknown) =>
  classifyReply({ status, headers: {}, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) })

/** A body of an error that is so long. */
const ofLength = (bytes: number): string => {
  const body = JSON.stringify({ error: { message: 'x' } })
  return body.replace('x', 'x'.repeat(bytes - body.length + 1))
}

describe('an error is read', () => {
  test.each([
    ['as OpenAI writes it', { error: { message: 'Say why.' } }],
    ['as a sentence alone', { error: 'Say why.' }],
    ['flat', { message: 'Say why.' }],
    ['as FastAPI writes it', { detail: 'Say why.' }],
    ['as validators write it', { detail: [{ loc: ['body'], msg: 'Say why.' }] }],
    ['as a validator within another', { error: { message: { detail: [{ msg: 'Say why.' }] } } }],
    ['as an object in place of the sentence', { detail: { message: 'Say why.' } }],
    ['beside what else there is', { error: 'Say why.', message: 'Not this.' }],
    ['as the only item of a list', [{ error: { message: 'Say why.' } }]],
    ['as an event', 'event: error\ndata: {"error":{"message":"Say why."}}'],
  ])('%s', (_, body) => {
    expect(raw(400, body)).toMatchObject({ class: 'caller_fault', quote: 'Say why.', status: 400 })
  })

  const tooDeep = { error: { message: { detail: [{ msg: { msg: 'Say why.' } }] } } }

  test.each(['', 'nope', '[]', '5', 'null', '{"error":null}', { error: { message: 5 } }, tooDeep])(
    'and without a word in %j',
    (body) => {
      const failure = raw(400, body)
      expect(failure.class).toBe('caller_fault')
      expect(failure.quote).toBeUndefined()
    },
  )

  test('with what it is about, where the caller can mend that', () => {
    expect(raw(400, { error: { message: 'x', param: 'tools' } }).param).toBe('tools')
    expect(raw(400, { error: { message: 'x', param: 'a'.repeat(300) } }).param).toHaveLength(200)
    expect(raw(400, { error: { message: 'x', param: 5 } }).param).toBeUndefined()
    expect(raw(500, { error: { message: 'x', param: 'tools' } })).toMatchObject({ param: undefined, quote: undefined })
  })

  test('with what it says for the log, in so many characters', () => {
    const error = { code: 7, type: 'odd', message: 'Say why.', metadata: { error_type: 'e', raw: 'behind' } }
    expect(raw(500, { error }).cause).toBe('7 odd Say why. e behind')
    expect(raw(500, { error: { message: 'Say why.' } }).cause).toBe('Say why.')
    expect(raw(500, { error: { message: 'Say why.', metadata: { raw: { a: 1 } } } }).cause).toBe('Say why.')
    expect(raw(500, { error: { message: 'Say why.', metadata: { raw: 'behind' } } }).cause).toBe('Say why. behind')
    expect(raw(500, { error: { message: 'x'.repeat(5000) } }).cause).toHaveLength(2000)
    expect(raw(400, { error: { message: 'x'.repeat(5000) } }).quote).toHaveLength(500)
  })

  test('by its codes, wherever they stand', () => {
    for (const error of [
      { code: 'insufficient_quota' },
      { type: 'insufficient_quota' },
      { error_type: 'insufficient_quota' },
      { __type: 'insufficient_quota' },
      { innererror: { code: 'insufficient_quota' } },
      { details: [5, null, { reason: 'insufficient_quota' }] },
      { innererror: { code: 5 }, details: [{ reason: 5 }, {}, { reason: 'insufficient_quota' }] },
      { metadata: { raw: 'You exceeded your current quota' } },
      { message: 'The upstream said: {"error":{"code":"insufficient_quota"}}' },
      { message: '{"error":{"code":"insufficient_quota"}}' },
      { message: '({"error":{"code":"insufficient_quota"}})' },
      { message: '502 {"error":{"type":"insufficient_quota","message":"x"}} from the upstream' },
      { message: 'The upstream said: {"error":{"message":"You exceeded your current quota."}}' },
    ])
      expect({ error, class: raw(400, { error }).class }).toEqual({ error, class: 'quota' })
    // Beside the sentence, as xAI has it.
    expect(raw(400, { code: 'insufficient_quota', error: 'x' }).class).toBe('quota')
  })

  test('as far as it is worth it: 64 KiB of it, and 2000 characters of each sentence', () => {
    expect(raw(400, ofLength(65_536)).quote).toBeDefined()
    expect(raw(400, ofLength(65_537)).quote).toBeUndefined()
    for (const words of ['You exceeded your current quota', '{"error":{"code":"insufficient_quota"}}']) {
      const after = (length: number): string => raw(400, { error: { message: `${' '.repeat(length)}${words}` } }).class
      expect(after(1900)).toBe('quota')
      expect(after(1999)).toBe('caller_fault')
    }
    expect(raw(400, { error: { message: `${' '.repeat(2000)}late` } }).quote).toBe('')
  })

  test('as the caller’s own where it is about a part of the request', () => {
    const error = { code: 'invalid_api_key', message: 'x' }
    expect(raw(400, { error: { ...error, param: 'tools[0].headers' } }).class).toBe('caller_fault')
    expect(raw(400, { error }).class).toBe('credential')
  })

  test('by the status that stands in it, inside a success', () => {
    expect(classifyErrorObject({ message: 'x', status: 404 })).toMatchObject({
      class: 'model_unavailable',
      status: 404,
    })
    expect(classifyErrorObject({ message: 'x', http_status_code: 429 }).class).toBe('rate_limit')
    expect(classifyErrorObject({ message: 'x', status: 'INVALID' }).class).toBe('transient')
  })

  test('and shown without markup, line breaks and keys', () => {
    expect(raw(400, { error: { message: ' a <b>c</b>\n\td sk-abcdefghijkl e ' } }).quote).toBe('a c d [redacted] e')
    expect(raw(400, { error: { message: 'a<br>b' } }).quote).toBe('a b')
  })
})
