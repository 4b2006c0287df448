import type { AttemptRecord } from '../meter/usage-record.ts'
import { FAILED_ATTEMPTS_HEADER, writeFailedAttempts } from './failed-attempts.ts'
import { farSideOf } from './far-side.ts'

const own: AttemptRecord = {
  provider: 'speka',
  upstreamModel: 'lab/a',
  model: 'lab/a',
  startedMs: 100,
  durationMs: 50,
  outcome: 'answered',
  status: 200,
}
const failed: AttemptRecord = {
  provider: 'one',
  upstreamModel: 'a-1',
  model: 'lab/a',
  startedMs: 1,
  durationMs: 20,
  outcome: 'transient',
  status: 503,
}
const headers = { 'x-request-id': 'theirs', 'x-speka-provider': 'two', 'x-speka-model': 'lab/b' }

test('a server tells who answered, after what, and where it is recorded', () => {
  const header = writeFailedAttempts([failed]) ?? ''
  expect(farSideOf({ ...headers, [FAILED_ATTEMPTS_HEADER]: header }, own)).toEqual({
    requestId: 'theirs',
    provider: 'two',
    attempts: [
      { ...failed, startedMs: 101 },
      { ...own, provider: 'two', model: 'lab/b', upstreamModel: 'lab/b', startedMs: 121, durationMs: 29 },
    ],
  })
})

test('a server that tells nothing leaves it at what is known here', () => {
  expect(farSideOf({}, own)).toEqual({ requestId: undefined, provider: undefined, attempts: [own] })
})

test('clocks that disagree make no time negative', () => {
  const header = writeFailedAttempts([{ ...failed, durationMs: 1000 }]) ?? ''
  const { attempts } = farSideOf({ [FAILED_ATTEMPTS_HEADER]: header }, own)
  expect(attempts.at(-1)).toMatchObject({ durationMs: 0 })
})
