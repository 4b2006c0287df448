import type { AnswerSink, Commitment } from '../engine.ts'
import { SpekaError } from '../errors.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { picoUsd, type PicoUsd } from '../money.ts'
import type { Bytes } from '../transport.ts'
import type { Hold } from './admission.ts'
import { HeldAnswer } from './held-answer.ts'

/** What became of a hold, and what was kept of an answer. */
function settled(held: bigint, charge: PicoUsd | undefined) {
  const told: string[] = []
  const records: UsageRecord[] = []
  const hold = {
    amount: picoUsd(held),
    charge: (amount: PicoUsd) => void told.push(`charged ${amount}`),
    settled: () => void told.push('settled'),
    release: () => void told.push('released'),
  } as unknown as Hold
  const sink = { settle: (record: UsageRecord) => void records.push(record) } as unknown as AnswerSink
  const answer = new HeldAnswer(sink, { hold, counted: () => ({ budgets: [], numbers: [7] }), kept: () => {} })
  void answer.settle({ charge, usage: {} } as UsageRecord)
  return { told, record: records[0] }
}

test('what an answer cost is charged, and counted', () => {
  const { told, record } = settled(30n, picoUsd(20n))
  expect([told, record?.charge, record?.budgets]).toEqual([['charged 20', 'settled'], 20n, [7]])
  expect(record?.usage.estimated).toBeUndefined()
})

test('where nobody knows what it cost it is charged the most that it can have, and said to be estimated', () => {
  const { told, record } = settled(30n, undefined)
  expect([told, record?.charge, record?.usage.estimated]).toEqual([['charged 30', 'settled'], 30n, true])
})

test('whatever its end brings along, it is told with what was kept of it, or with that where nothing was', () => {
  const told: unknown[] = []
  const sink = {
    commit: (by: Commitment) => void told.push(by),
    settle: () => {},
    finish: (_: readonly Bytes[], record: UsageRecord) => void told.push(record.charge),
    fail: (_: SpekaError, record: UsageRecord) => void told.push(record.charge),
    refuse: (error: SpekaError) => void told.push(error.code),
  } as unknown as AnswerSink
  const hold = {
    amount: picoUsd(30n),
    charge: () => {},
    settled: () => {},
    release: () => void told.push('released'),
  } as unknown as Hold
  const answering = () =>
    new HeldAnswer(sink, { hold, counted: () => ({ budgets: [], numbers: [] }), kept: () => void told.push('kept') })
  const error = new SpekaError('internal_error', 'It has failed.')
  const uncounted = { usage: {} } as UsageRecord
  const other = { charge: picoUsd(1n) } as UsageRecord
  for (const isSettled of [true, false]) {
    const answer = answering()
    if (isSettled) void answer.settle(uncounted)
    answer.finish([], other)
    answer.fail(error, other)
  }
  expect(told.splice(0)).toEqual([30n, 30n, 1n, 1n])
  const commitment = { model: 'a' } as Commitment
  answering().commit(commitment)
  answering().refuse(error)
  expect(told).toEqual([commitment, 'released', 'internal_error'])
})

test.each([
  ['cost nothing', 30n, picoUsd(0n)],
  ['has a cost that nobody knows, and had nothing set aside', 0n, undefined],
])('an answer that %s is charged nothing', (_, held, charge) => {
  const { told, record } = settled(held, charge)
  expect([told, record?.charge, record?.budgets]).toEqual([['released'], charge, undefined])
})
