import { SpekaError } from '../errors.ts'
import { anthropicErrorBody } from './anthropic-error.ts'

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
