import fc from 'fast-check'
import { leftOut } from './real/left-out.ts'
import { realAdmission } from './real/real-admission.ts'
import { allRules } from './rules/rules.ts'
import { runSettling } from './world/run.ts'
import { scheduleOf, type Troubles } from './world/schedule.ts'
import type { Invariant } from './world/violation.ts'

/** `SPEKA_MODEL_RUNS=20000` in the environment makes a long run of it, and `SPEKA_MODEL_SEED` another one. */
const RUNS = Number(process.env['SPEKA_MODEL_RUNS'] ?? 120)
const SEED = Number(process.env['SPEKA_MODEL_SEED'] ?? 14)

const troubles: Record<string, Troubles> = {
  calm: { faults: false, dishonest: false },
  'with stops, cuts, kills, losses and restarts': { faults: true, dishonest: false },
  'with upstreams that exceed their bound, too': { faults: true, dishonest: true },
}

describe('the admission of the gateway, in the world of the model', () => {
  test.each(Object.entries(troubles))('keeps every invariant in every schedule, %s', async (_, trouble) => {
    const total = { admitted: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const { violation, counts } = await runSettling(scheduleOf(seed, trouble), allRules, realAdmission())
        total.admitted += counts.admitted
        total.refused += counts.refused
        expect(violation?.message).toBeUndefined()
      }),
      { numRuns: RUNS, seed: SEED },
    )
    expect(total.admitted).toBeGreaterThan(5 * RUNS)
    expect(total.refused).toBeGreaterThan(3 * RUNS)
  })
})

/** How many schedules are tried at most. */
const TRIES = 300

describe('without the rule', () => {
  test.each(Object.entries(leftOut))('%s, it is noticed', async (_, { breaks, from, rules, between, dishonest }) => {
    const found = new Set<Invariant>()
    for (let seed = from; seed < from + TRIES && !found.has(breaks); seed += 1) {
      const schedule = scheduleOf(seed, { faults: true, dishonest: dishonest ?? false })
      const { violation } = await runSettling(schedule, rules ?? allRules, realAdmission(between?.()))
      if (violation !== undefined) found.add(violation.invariant)
    }
    expect([...found]).toContain(breaks)
  })
})
