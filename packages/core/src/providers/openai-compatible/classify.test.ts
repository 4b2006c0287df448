import { classifyErrorObject, classifyReply } from './classify.ts'

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
  expect(reply(503, {}, { 'x-should-retry': 'false' }).isFinal).toBe(true)
  expect(reply(503, {}, { 'x-should-retry': 'true' }).isFinal).toBeUndefined()
  expect(reply(429, {}, { 'retry-after': '7' }).retryAfterMs).toBe(7000)
})

/** Inside an answer that had begun as a success: all of it may be charged for. */
test.each([
  [{ type: 'invalid_request_error' }, 'caller_fault'],
  [{ type: 'BadRequestError' }, 'caller_fault'],
  [{ type: 'authentication_error' }, 'credential'],
  [{ type: 'billing_error' }, 'quota'],
  [{ type: 'permission_error' }, 'credential'],
  [{ type: 'not_found_error' }, 'model_unavailable'],
  [{ type: 'NotFoundError' }, 'model_unavailable'],
  [{ type: 'request_too_large' }, 'caller_fault'],
  [{ type: 'validation' }, 'caller_fault'],
  [{ type: 'rate_limit_error' }, 'rate_limit'],
  [{ type: 'api_error' }, 'transient'],
  [{ type: 'timeout_error' }, 'transient'],
  [{ type: 'overloaded_error' }, 'transient'],
  [{ type: 'constructor' }, 'transient'],
  [{ code: 404 }, 'model_unavailable'],
  [{ code: '429' }, 'rate_limit'],
  [{ code: '999', type: 'rate_limit_error' }, 'rate_limit'],
  [{ code: 404, type: 'rate_limit_error' }, 'model_unavailable'],
  [{}, 'transient'],
])('an error %j inside a success is of class %s', (error, failureClass) => {
  expect(classifyErrorObject({ message: 'x', ...error })).toMatchObject({ class: failureClass, mayBeBilled: true })
})

const raw = (status: number, body: unknown) =>
  classifyReply({ status, headers: {}, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) })

describe('an error is read', () => {
  test.each([
    ['as OpenAI writes it', { error: { message: 'Say why.' } }],
    ['as a sentence alone', { error: 'Say why.' }],
    ['flat', { message: 'Say why.' }],
    ['as FastAPI writes it', { detail: 'Say why.' }],
    ['as validators write it', { detail: [{ loc: ['body'], msg: 'Say why.' }] }],
    ['as a validator within another', { error: { message: { detail: [{ msg: 'Say why.' }] } } }],
    ['as the only item of a list', [{ error: { message: 'Say why.' } }]],
    ['as an event', 'event: error\ndata: {"error":{"message":"Say why."}}'],
  ])('%s', (_, body) => {
    expect(raw(400, body)).toMatchObject({ class: 'caller_fault', quote: 'Say why.', status: 400 })
  })

  test.each(['', 'nope', '[]', '5', 'null', '{"error":null}', { error: { message: 5 } }])(
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
      { details: [5, { reason: 'insufficient_quota' }] },
      { metadata: { raw: 'You exceeded your current quota' } },
      { message: 'The upstream said: {"error":{"code":"insufficient_quota"}}' },
    ])
      expect({ error, class: raw(400, { error }).class }).toEqual({ error, class: 'quota' })
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
  })
})
