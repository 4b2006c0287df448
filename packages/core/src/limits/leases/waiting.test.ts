import { picoUsd } from '../../money.ts'
import { createFakeClock } from '../../sandbox/clock.fake.ts'
import { budgetOf } from './budgets.fake.ts'
import { LocalLease } from './local-lease.ts'
import { Waiting, type WaitEnds } from './waiting.ts'

/** A claim that waits for two seconds without a word, and for five at the most; and what became of it. */
function waiting(more: Partial<WaitEnds> = {}) {
  const clock = createFakeClock()
  const lease = new LocalLease(budgetOf('key'))
  const told: string[] = []
  const ends: WaitEnds = {
    admit: () => void told.push('admitted'),
    refuse: ({ kind }) => void told.push(kind),
    ...more,
  }
  const world = { clock, waitMs: 2000, mostMs: 5000 }
  const one = new Waiting([lease], picoUsd(5n), world, ends, () => void told.push('left'))
  return { one, clock, lease, told }
}

test('of what a holder says the answer to the later round counts, whichever comes first', () => {
  const { one } = waiting()
  const answers = [1, 3, 2].map((round) => ({ round, answer: { said: 'nothing idle', grants: round } as const }))
  for (const answer of answers) one.hear('key', 7, answer)
  one.hear('key', 8, answers[0]!)
  expect([7, 8].map((owner) => one.answers.get('key')?.get(owner)?.round)).toEqual([3, 1])
})

test('what was said before a call was sent stays as it was, whatever is said meanwhile', () => {
  const { one } = waiting()
  one.hear('key', 7, { round: 1, answer: { said: 'returned', grants: 1 } })
  one.goWithCall()
  one.hear('key', 7, { round: 2, answer: { said: 'returned', grants: 2 } })
  expect(one.before.get('key')?.get(7)?.round).toBe(1)
})

test('a word of the store has it wait for as long again, but not beyond the most', async () => {
  const { one, clock, told } = waiting()
  for (const ms of [1500, 1500, 1500]) {
    await clock.advance(ms)
    one.goOn()
  }
  await clock.advance(499)
  expect([told, one.isStale]).toEqual([[], false])
  await clock.advance(1)
  expect(told).toEqual(['left', 'unknown'])
  expect(clock.pending()).toBe(0)
})

test('it ends once, however many tell it so, and its leases are needed no more', async () => {
  const { one, clock, lease, told } = waiting()
  expect(lease.waiting).toBe(1)
  one.admit()
  one.admit()
  one.giveUp()
  await clock.advance(10_000)
  expect([told, one.isOver, lease.waiting]).toEqual([['left', 'admitted'], true, 0])
})

test('whose caller has left before it began to wait is over at once', () => {
  const { one, lease, told } = waiting({ signal: AbortSignal.abort() })
  expect([told, one.isOver, lease.waiting]).toEqual([['left', 'unknown'], true, 0])
})
