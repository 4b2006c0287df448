import { SpekaError } from '../errors.ts'
import { anthropicErrorBody, anthropicStatus } from './anthropic-error.ts'

const limit = {
  subject: 'key',
  kind: 'usd',
  window: 'day',
  limit: '5',
  spent: '4.99',
  held: '0.01',
  resets_at: '2026-11-30T00:00:00.000Z',
}

test('tells of the limit that has refused a request', () => {
  const error = new SpekaError('insufficient_quota', 'Too little.', { limit })
  expect(anthropicErrorBody(error)).toEqual({
    type: 'error',
    error: { type: 'billing_error', message: 'Too little.', limit },
  })
})

test('names what it has no type for, and says nothing of a limit where there is none', () => {
  expect(anthropicErrorBody(new SpekaError('budget_exhausted', 'The end.'))).toEqual({
    type: 'error',
    error: { type: 'billing_error', message: 'The end.', code: 'budget_exhausted' },
  })
  expect(anthropicErrorBody(new SpekaError('invalid_request', 'No.'))).toEqual({
    type: 'error',
    error: { type: 'invalid_request_error', message: 'No.' },
  })
})

test.each([
  { code: 'no_healthy_target', upstreamStatus: undefined, status: 529, type: 'overloaded_error' },
  { code: 'upstream_error', upstreamStatus: 529, status: 529, type: 'overloaded_error' },
  { code: 'upstream_error', upstreamStatus: 503, status: 529, type: 'overloaded_error' },
  { code: 'upstream_error', upstreamStatus: 500, status: 502, type: 'api_error' },
  { code: 'upstream_error', upstreamStatus: undefined, status: 502, type: 'api_error' },
  { code: 'internal_error', upstreamStatus: undefined, status: 500, type: 'api_error' },
  { code: 'upstream_timeout', upstreamStatus: 504, status: 504, type: 'timeout_error' },
  { code: 'insufficient_quota', upstreamStatus: undefined, status: 402, type: 'billing_error' },
  { code: 'request_too_large', upstreamStatus: undefined, status: 413, type: 'request_too_large' },
] as const)(
  '$code of an upstream with status $upstreamStatus is $status $type',
  ({ code, upstreamStatus, ...told }) => {
    const error = new SpekaError(code, 'No.', { upstreamStatus })
    expect([anthropicStatus(error), anthropicErrorBody(error).error.type]).toEqual([told.status, told.type])
  },
)

test('names the request: by what it is told, else by what the error knows', () => {
  const error = new SpekaError('invalid_request', 'No.', { requestId: 'req_1' })
  expect([anthropicErrorBody(error).request_id, anthropicErrorBody(error, 'req_2').request_id]).toEqual([
    'req_1',
    'req_2',
  ])
})
