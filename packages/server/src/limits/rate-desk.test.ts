import { setImmediate as turn } from 'node:timers/promises'
import { RateAuthority, RateCounts, SharedRates, type AppliedRate, type RateKind } from '@speka/core/internal'
import { realClock } from '@speka/core/node'
import { describeRates } from '../../../core/src/limits/rates/rates.contract.ts'
import { RateDesk } from './rate-desk.ts'
import type { RateMessage, RatePeer } from './rate-messages.ts'
import { SupervisedRateLine } from './supervised-rates.ts'

/** Two ends of a line that takes a turn of the event loop, and carries JSON. */
function line() {
  const ends = [new Set<(message: RateMessage) => void>(), new Set<(message: RateMessage) => void>()] as const
  const end = (own: 0 | 1): RatePeer => ({
    send(message) {
      const told = JSON.stringify(message)
      setImmediate(() => ends[own === 0 ? 1 : 0].forEach((hear) => hear(JSON.parse(told) as RateMessage)))
    },
    hear: (listener) => void ends[own].add(listener),
  })
  return [end(0), end(1)] as const
}

function supervised(workers: number) {
  const authority = new RateAuthority({ counts: new RateCounts({ beyondMs: 250 }), now: () => realClock.monotonic() })
  const desk = new RateDesk(() => authority)
  return Array.from({ length: workers }, () => {
    const [worker, supervisor] = line()
    desk.join(supervisor)
    const rates = new SharedRates({ line: new SupervisedRateLine(worker), clock: realClock })
    return { rates, end: () => desk.leave(supervisor) }
  })
}

const rate = (kind: RateKind, amount: number): AppliedRate => ({
  limit: {
    id: kind,
    subject: { kind: 'key', id: 'k', account: 'a' },
    rule: { kind, amount },
    onReached: 'stop',
    since: 0,
    revision: 1,
  },
  place: kind,
  subjectId: 'k',
})

describeRates('by a supervisor', async () => ({
  processes: supervised(3).map(({ rates }) => rates),
  close: async () => {},
}))

test('workers keep one rate between them', async () => {
  const workers = supervised(3)
  const all = [rate('rpm', 7), rate('rpd', 1000), rate('tpm', 5000)]
  const taken = await Promise.all(workers.flatMap(({ rates }) => Array.from({ length: 20 }, () => rates.take(all, 10))))
  expect(taken.filter((one) => 'done' in one)).toHaveLength(7)
  const refused = taken.find((one) => 'standing' in one)
  expect(refused).toMatchObject({ standing: { remaining: 0, applied: { place: 'rpm' } } })
})

test('what a worker had under way is free once it has ended', async () => {
  const [one, two] = supervised(2)
  const parallel = [rate('max_parallel', 2)]
  await one?.rates.take(parallel, 0)
  await one?.rates.take(parallel, 0)
  expect(await two?.rates.take(parallel, 0)).toHaveProperty('standing')
  one?.end()
  // What was full a moment ago is not asked about at once.
  while (!('done' in ((await two?.rates.take(parallel, 0)) ?? {}))) await turn()
  expect(await two?.rates.take(parallel, 0)).toHaveProperty('done')
})

test('requests that end one by one make place for others at once', async () => {
  const [one, two] = supervised(2)
  for (let round = 0; round < 20; round += 1) {
    const slot = await (round % 2 === 0 ? one : two)?.rates.take([rate('max_parallel', 1)], 0)
    expect([round, slot]).toEqual([round, expect.objectContaining({ tokens: 0 })])
    if (slot !== undefined && 'done' in slot) slot.done(undefined)
    await turn()
    await turn()
  }
})
