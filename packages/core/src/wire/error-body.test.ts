import { SpekaError } from '../errors.ts'
import { errorBody, errorFrame } from './error-body.ts'
import { dataOf } from '../bytes/frames.ts'

test('the envelope has all four fields, and keeps the cause to itself', () => {
  const error = new SpekaError('upstream_error', 'It broke.', { cause: 'sk-secret' })
  expect(errorBody(error)).toEqual({
    error: { message: 'It broke.', type: 'upstream_error', param: null, code: 'upstream_error' },
  })
  expect(JSON.parse(String(dataOf(errorFrame(error))))).toEqual(errorBody(error))
  expect(errorBody(new SpekaError('invalid_value', '', { param: 'n' })).error.param).toBe('n')
})
