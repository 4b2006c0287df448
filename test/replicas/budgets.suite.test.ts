import { runBudget } from '../limits/budget-run.ts'
import { randomFrom } from '../support/random-from.ts'
import { startLimitedReplicas, type LimitedReplicas } from './limited-replicas.ts'

let limited: LimitedReplicas
beforeAll(async () => {
  limited = await startLimitedReplicas()
})
afterAll(() => limited?.close())

/** Of those that are asked at once. Whoever hears nothing for two seconds is told so: that happens on a machine that has no time, and the long run holds it to none. */
const MOST_UNKNOWN = 3

test('a budget that 300 spend at once on three replicas is neither exceeded nor kept from anybody who could have had it', async () => {
  const run = await runBudget(limited, {
    requests: 300,
    random: randomFrom(7735),
    disturbance: {},
    limitedBy: (cap) => `--limit-usd ${cap} --reset never`,
  })
  expect(run.count.complete).toBeGreaterThan(0)
  expect(run.count.refused + run.count.unknown).toBeGreaterThan(0)
  expect(run.unknown.slice(MOST_UNKNOWN)).toEqual([])
  expect(run).toMatchObject({
    overshoot: 0n,
    overshootOfTruth: 0n,
    falseRefusals: [],
    wrong: [],
    heldAtRest: 0n,
    toldWrong: 0n,
    notToBeHad: 0n,
    troubles: [],
  })
})
