import { errorTable, ofRequest, SpekaError, toSpekaError, type ErrorCode } from './errors.ts'
import { callerSees } from './failure.ts'

const codes = Object.keys(errorTable) as ErrorCode[]

test.each(codes)('%s has a status that says whose fault it is', (code) => {
  const error = new SpekaError(code, 'Message.')
  expect(error.status).toBeGreaterThanOrEqual(400)
  expect(error.status).toBeLessThan(600)
  if (error.status >= 500) expect(error.type).toMatch(/^(server|upstream)_error$/)
  // What is retried by the table must be an error that passes by itself.
  if (error.retry) expect([409, 429, 503]).toContain(error.status)
})

test.each([
  ['invalid_json', 400],
  ['invalid_api_key', 401],
  ['insufficient_quota', 402],
  ['model_not_allowed', 403],
  ['permission_denied', 403],
  ['model_not_found', 404],
  ['key_not_found', 404],
  ['request_too_large', 413],
  ['rate_limit_exceeded', 429],
  ['client_closed_request', 499],
  ['internal_error', 500],
  ['upstream_error', 502],
  ['no_healthy_target', 503],
  ['upstream_timeout', 504],
] as const)('%s is a %i', (code, status) => {
  expect(new SpekaError(code, '').status).toBe(status)
})

test('an upstream that refuses our key is never shown as the caller refused', () => {
  expect(errorTable[callerSees.credential].status).toBe(502)
  expect(errorTable[callerSees.quota].status).toBe(503)
})

test('errors are recognised across copies of the package, and nothing else is', () => {
  expect(SpekaError.is(new SpekaError('internal_error', ''))).toBe(true)
  expect(SpekaError.is(Object.assign(new Error('copy'), { [Symbol.for('speka.error')]: true }))).toBe(true)
  expect(SpekaError.is(new Error('other'))).toBe(false)
  expect(SpekaError.is({ code: 'internal_error' })).toBe(false)
})

test('an unexpected error tells the caller nothing, and the log everything', () => {
  const cause = new TypeError('x.y is not a function')
  const error = toSpekaError(cause)
  expect(error).toMatchObject({ code: 'internal_error', cause })
  expect(error.message).not.toContain('x.y')
  expect(toSpekaError(error)).toBe(error)
})

test('an error keeps the first request id that it is given, and nothing else gets one', () => {
  const error = new SpekaError('internal_error', '')
  expect(error.requestId).toBeUndefined()
  expect(ofRequest(error, 'first')).toBe(error)
  ofRequest(error, 'second')
  expect(error.requestId).toBe('first')
  const other = new Error('other')
  expect(ofRequest(other, 'first')).toBe(other)
  expect(other).not.toHaveProperty('requestId')
})
