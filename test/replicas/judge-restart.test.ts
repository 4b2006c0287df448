import type { Answered } from '../limits/ask.ts'
import { brief } from '../limits/rate-run.ts'
import { judgeRestart } from './judge-restart.ts'

const answered = (name: string, changes: Partial<Answered> = {}): Answered => ({
  question: brief(name),
  bodyBytes: 1,
  sentAt: 0,
  endedAt: 1,
  status: 200,
  ending: 'complete',
  id: `id of ${name}`,
  retryAfter: undefined,
  text: '',
  ...changes,
})
const broken = answered('b', { ending: 'broken', status: 0, id: undefined })

test('a request that its upstream was asked is to be answered whole', () => {
  const judged = judgeRestart([answered('a'), broken], new Set(['a', 'b']), ['id of a'])
  expect(judged).toEqual({ complete: 1, failed: ['b: broken 0 '], turnedAway: 0, unrecorded: [] })
})

test('one that came to nobody was turned away', () => {
  const judged = judgeRestart([answered('a'), broken], new Set(['a']), ['id of a'])
  expect(judged).toEqual({ complete: 1, failed: [], turnedAway: 1, unrecorded: [] })
})

test.each([
  ['is not in the ledger', []],
  ['is there twice', ['id of a', 'id of a']],
])('an answer that %s is found', (_, recorded) => {
  expect(judgeRestart([answered('a')], new Set(['a']), recorded).unrecorded).toEqual(['id of a'])
})
