import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { rateRuleNames } from './rates/rate-rules.ts'
import { allRules, ruleNames, without, type RuleName } from './rules/rules.ts'
import { run } from './world/run.ts'
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

describe('owners, leases and recalls', () => {
  test.each(Object.entries(troubles))('keep every invariant in every schedule, %s', (_, trouble) => {
    const total = { admitted: 0, refused: 0 }
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { violation, counts } = run(scheduleOf(seed, trouble), allRules)
        total.admitted += counts.admitted
        total.refused += counts.refused
        expect(violation?.message).toBeUndefined()
      }),
      { numRuns: RUNS, seed: SEED },
    )
    expect(total.admitted).toBeGreaterThan(5 * RUNS)
    expect(total.refused).toBeGreaterThan(3 * RUNS)
  })

  test('a schedule runs the same each time', () => {
    const schedule = scheduleOf(7, { faults: true, dishonest: false })
    expect(run(schedule, allRules).counts).toEqual(run(schedule, allRules).counts)
  })

  test('what makes the invariants hard to keep does happen', () => {
    const total = { late: 0, reaped: 0, failed: 0, unknown: 0 }
    for (let seed = 1; seed <= 60; seed += 1) {
      const { counts } = run(scheduleOf(seed, { faults: true, dishonest: false }), allRules)
      for (const what of ['late', 'reaped', 'failed', 'unknown'] as const) total[what] += counts[what]
    }
    for (const count of Object.values(total)) expect(count).toBeGreaterThan(0)
  })
})

interface Broken {
  readonly breaks: Invariant
  /** A seed whose schedule shows it; the ones after it are tried as well. */
  readonly from: number
  readonly dishonest?: true
}

/** What each rule is for: the invariant that breaks where it is left out. */
const broken: Record<RuleName, Broken> = {
  'one-life-one-owner': { breaks: 'I1', from: 3 },
  'numbered-by-the-store': { breaks: 'I4', from: 18 },
  'known-rows-take-no-number': { breaks: 'I4', from: 8 },
  'resent-until-answered': { breaks: 'I1', from: 297 },
  'lost-is-not-dead': { breaks: 'fenced', from: 11 },
  'reserve-runs-while-the-store-is-up': { breaks: 'reaped', from: 12 },
  'spool-before-retirement': { breaks: 'late', from: 62 },
  'a-start-replays-every-spool': { breaks: 'durable', from: 11 },
  'the-dead-are-refused': { breaks: 'I1', from: 56 },
  'trust-is-checked': { breaks: 'fenced', from: 81 },
  'trust-counts-from-sending': { breaks: 'fenced', from: 1129 },
  'trust-before-a-spooled-finish': { breaks: 'fenced', from: 1331 },
  'goodbye-ends-admission': { breaks: 'fenced', from: 44, dishonest: true },
  'spooled-rows-are-never-refused': { breaks: 'durable', from: 11 },
  'late-rows-count-apart': { breaks: 'I1', from: 179 },
  'no-spool-beside-unsynced-leases': { breaks: 'late', from: 727 },
  'another-boot-is-dead': { breaks: 'I1', from: 36 },
  'one-call-in-flight': { breaks: 'I1', from: 1 },
  'says-what-it-has': { breaks: 'I3', from: 14 },
  'calls-are-numbered': { breaks: 'I1', from: 22 },
  'only-the-last-call-is-heard': { breaks: 'I1', from: 39 },
  'all-budgets-or-none': { breaks: 'I3', from: 2 },
  'neighbours-take-nothing': { breaks: 'I2', from: 1 },
  'waiting-takes-nothing': { breaks: 'I2', from: 1 },
  'recall-before-refusal': { breaks: 'I2', from: 1 },
  'recall-answers-after-calls': { breaks: 'I2', from: 31 },
  'answers-count-before-the-attempt': { breaks: 'I2', from: 10_346 },
  'no-refusal-after-the-wait': { breaks: 'I2', from: 1931, dishonest: true },
  'returned-means-ask-again': { breaks: 'I2', from: 46 },
  'granted-since-means-ask-again': { breaks: 'I2', from: 147 },
  'silence-is-not-nothing': { breaks: 'I2', from: 1 },
  'silence-ends-when-heard': { breaks: 'I3', from: 52 },
  'a-lower-cap-recalls': { breaks: 'I3', from: 6 },
  'an-excess-is-lent': { breaks: 'I2', from: 17, dishonest: true },
}

/** How many schedules are tried at most. */
const TRIES = 1500

describe('without the rule', () => {
  test.each(ruleNames.map((name) => ({ name, ...broken[name] })))(
    '$name, $breaks breaks',
    ({ name, breaks, from, dishonest }) => {
      const found = new Set<Invariant>()
      for (let seed = from; seed < from + TRIES && !found.has(breaks); seed += 1) {
        const { violation } = run(scheduleOf(seed, { faults: true, dishonest: dishonest ?? false }), without(name))
        if (violation !== undefined) found.add(violation.invariant)
      }
      expect([...found]).toContain(breaks)
    },
  )
})

test('docs/owners.md has every rule, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../../docs/owners.md'), 'utf8')
  const named = [...page.matchAll(/^\| `([a-z-]+)` /gm)].map(([, name]) => name)
  expect(named.toSorted()).toEqual([...ruleNames, ...rateRuleNames].toSorted())
})
