import type { AnswerSink } from '../engine.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { picoUsd, type PicoUsd } from '../money.ts'
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

test.each([
  ['cost nothing', 30n, picoUsd(0n)],
  ['has a cost that nobody knows, and had nothing set aside', 0n, undefined],
])('an answer that %s is charged nothing', (_, held, charge) => {
  const { told, record } = settled(held, charge)
  expect([told, record?.charge, record?.budgets]).toEqual([['released'], charge, undefined])
})
