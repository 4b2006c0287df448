import fc from 'fast-check'
import { allRateRules, rateRuleNames, withoutRate, type RateRuleName } from './rates/rate-rules.ts'
import { runRate, type RatePlan } from './rates/rate-world.ts'

/** As in owners.test.ts: `SPEKA_MODEL_RUNS=20000` makes a long run of it, `SPEKA_MODEL_SEED` another one. */
const RUNS = Number(process.env['SPEKA_MODEL_RUNS'] ?? 120)
const SEED = Number(process.env['SPEKA_MODEL_SEED'] ?? 14)

const troubled = (seed: number): RatePlan => ({
  seed,
  rpm: [1, 3, 20, 60, 61, 120, 121, 300][seed % 8] ?? 1,
  owners: 1 + (seed % 4),
  load: [1, 3, 20][seed % 3] ?? 1,
  until: 200_000,
  troubles: 'all',
})

/** For hundreds of admissions, so that one more or less does not decide, and not for too many arrivals. */
const longEnough = (rpm: number, load: number): number =>
  rpm > 120 && load > 2 ? 130_000 : Math.max(600_000, (300 / rpm) * 60_000)

describe('a rate', () => {
  test('admits no more than it says in any 60 s, whatever is slow, lost, killed or started again', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const plan = troubled(seed)
        expect(runRate(plan, allRateRules).most).toBeLessThanOrEqual(plan.rpm)
      }),
      { numRuns: RUNS, seed: SEED },
    )
  })

  const rates = [1, 6, 60, 61, 120, 300, 1200]
  const loads = [1.05, 2, 20]
  test.each(rates.flatMap((rpm) => loads.map((load) => ({ rpm, load }))))(
    'of $rpm a minute admits at least 98 % of what can be at $load times as many',
    ({ rpm, load }) => {
      for (const owners of [1, 4]) {
        const plan: RatePlan = { seed: 1, rpm, owners, load, until: longEnough(rpm, load), troubles: 'none' }
        const { admitted, ideal, most } = runRate(plan, allRateRules)
        expect(most).toBeLessThanOrEqual(rpm)
        expect(admitted.length / ideal).toBeGreaterThanOrEqual(0.98)
      }
    },
  )
})

const busy = (seed: number): RatePlan => ({
  seed,
  rpm: 1200,
  owners: 4,
  load: 1.2,
  until: 200_000,
  troubles: 'repeats',
})
const barelyOver = (seed: number): RatePlan => ({
  seed,
  rpm: 300,
  owners: 4,
  load: 1.05,
  until: 600_000,
  troubles: 'none',
})

interface Broken {
  readonly breaks: 'exceeds the rate' | 'admits too little'
  readonly plan: (seed: number) => RatePlan
}

/** What breaks without a rule: a window has more than its rate, or less than 98 % of it is admitted. */
const broken: Record<RateRuleName, Broken> = {
  'counted-beyond-the-window': { breaks: 'exceeds the rate', plan: troubled },
  'usable-from-the-question': { breaks: 'exceeds the rate', plan: troubled },
  'unused-is-handed-back': { breaks: 'admits too little', plan: barelyOver },
  'handing-back-says-what-was-used': { breaks: 'exceeds the rate', plan: busy },
  'written-before-use': { breaks: 'exceeds the rate', plan: troubled },
  'another-boot-is-full': { breaks: 'exceeds the rate', plan: troubled },
}

describe('without the rule', () => {
  test.each(rateRuleNames.map((name) => ({ name, ...broken[name] })))('$name, it $breaks', ({ name, breaks, plan }) => {
    const shown = Array.from({ length: 60 }, (_, seed) => plan(seed)).some((one) => {
      const { admitted, ideal, most } = runRate(one, withoutRate(name))
      return breaks === 'exceeds the rate' ? most > one.rpm : admitted.length / ideal < 0.98
    })
    expect(shown).toBe(true)
  })
})
