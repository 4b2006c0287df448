import { ask } from '../front/ask.fake.ts'
import { callerSees, type FailureClass } from '../failure.ts'
import type { AttemptRecord } from '../meter/usage-record.ts'
import { picoUsd } from '../money.ts'
import { readFailedAttempts, writeFailedAttempts } from './failed-attempts.ts'
import { completion, json } from './transport.fake.ts'

const attempt: AttemptRecord = {
  provider: 'one',
  upstreamModel: 'a-1',
  model: 'lab/a',
  startedMs: 0,
  durationMs: 12.5,
  outcome: 'rate_limit',
  status: 429,
  message: 'asked for a pause: „später“ 🙂',
}

test('attempts are read as they were written, in a header that may be sent', () => {
  const header = writeFailedAttempts([attempt, { ...attempt, status: undefined, message: undefined }])
  expect(header).toMatch(/^[\x20-\x7e]+$/)
  expect(() => new Headers({ 'x-failed': header ?? '' })).not.toThrow()
  expect(readFailedAttempts(header)).toEqual([attempt, { ...attempt, status: undefined, message: undefined }])
})

test('what an attempt cost the operator is not told', () => {
  expect(writeFailedAttempts([{ ...attempt, cost: picoUsd(7n) }])).not.toContain('cost')
})

test('too much for a header goes without its words, and all too much not at all', () => {
  const wordy = { ...attempt, message: 'x'.repeat(5000) }
  expect(readFailedAttempts(writeFailedAttempts([wordy]))).toEqual([{ ...attempt, message: undefined }])
  expect(writeFailedAttempts(Array.from({ length: 100 }, () => wordy))).toBeUndefined()
})

test.each([
  undefined,
  '',
  'no json',
  '{}',
  '[1,null,"a",{}]',
  JSON.stringify([{ ...attempt, outcome: 'answered' }]),
  JSON.stringify([{ ...attempt, outcome: 'toString' }]),
  ...['provider', 'upstreamModel', 'model', 'outcome'].map((name) => JSON.stringify([{ ...attempt, [name]: 1 }])),
  ...['startedMs', 'durationMs'].map((name) => JSON.stringify([{ ...attempt, [name]: '0' }])),
])('%p holds no attempt', (header) => {
  expect(readFailedAttempts(header)).toEqual([])
})

test.each(Object.keys(callerSees) as FailureClass[])('an attempt may have failed by %s', (outcome) => {
  expect(readFailedAttempts(writeFailedAttempts([{ ...attempt, outcome }]))).toEqual([{ ...attempt, outcome }])
})

test('a header may be as long as servers take one, and no longer', () => {
  const around = (writeFailedAttempts([{ ...attempt, message: '' }]) ?? '').length
  const said = (length: number) =>
    readFailedAttempts(writeFailedAttempts([{ ...attempt, message: 'x'.repeat(length) }]))[0]?.message
  expect([said(4096 - around), said(4097 - around)]).toEqual(['x'.repeat(4096 - around), undefined])
})

const answer = json(200, completion('Hi'))
const broken = json(500, { error: { message: 'no' } })

test.each([false, true])(
  'what failed is told to a caller that is a gateway, and to no other; streamed: %p',
  async (stream) => {
    const script = [broken, answer]
    const told = await ask(script, { model: 'b', stream, facts: { via: 'there' } }).over()
    expect(told.commitment?.failed).toMatchObject([{ provider: 'one', outcome: 'transient', status: 500 }])
    expect(told.commitment?.failed).toHaveLength(1)
    const untold = await ask(script, { model: 'b', stream }).over()
    expect(untold.commitment?.attempts).toBe(2)
    expect(untold.commitment?.failed).toBeUndefined()
  },
)
