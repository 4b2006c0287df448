import type { Contestant, Entrant } from './contestants/contestant.ts'
import type { WindowResult } from './load/job.ts'
import { intervalOfMedian, type Interval } from './measure/interval.ts'
import { processUsage } from './measure/process-usage.ts'
import { reasonsToRefuse } from './measure/refuse.ts'
import { plan } from './plan.ts'
import type { Scenario, Timing } from './scenario.ts'
import type { Stage } from './stage.ts'

/**
 * How many small answers each gives before anything is measured. Until then what a request runs through is still being compiled, more of
 * it the more there is; what is compared is what a request costs for the rest of the day.
 */
export const WARM_ANSWERS = 30_000

/** How often everybody has a turn in one window, so that a disturbance seldom falls on one alone. */
const TURNS = 3

/** Of scenarios that are compared by time, a turn. */
const TURN_MS = 500

export interface Measuring {
  readonly stage: Stage
  /** Who goes first takes turns, so that what drifts favours nobody. */
  readonly round: number
  /** By what numbers of answers and times are divided, for a first look. Default: 1. */
  readonly haste?: number
}

/** What one round came to, of each entrant in their order. */
export interface Round {
  /** CPU seconds of its start and its first answers, {@link WARM_ANSWERS} of them; empty where it could not be measured. */
  readonly started: readonly number[]
  /** CPU µs of every scenario in which all could be measured. */
  readonly each: ReadonlyMap<Scenario, readonly number[]>
}

/**
 * One round: all gateways started afresh, since how a process happens to be compiled and laid out can be worth more than what is
 * measured, warmed by as many answers as any other, then each scenario, one right after the other.
 */
export async function measureRound(
  scenarios: readonly Scenario[],
  entrants: readonly Entrant[],
  { stage, round, haste = 1 }: Measuring,
): Promise<Round> {
  const contestants: Contestant[] = []
  for (const entrant of entrants) contestants.push(await stage.enter(entrant))
  const first = round % contestants.length
  const order = [...contestants.slice(first), ...contestants.slice(0, first)]
  for (const contestant of order) await warm(stage, contestant, haste)
  const used = contestants.flatMap(({ process }) => processUsage(process.pid)?.cpuSeconds ?? [])
  const started = used.length === contestants.length ? used : []
  const each = new Map<Scenario, readonly number[]>()
  for (const scenario of scenarios) {
    const values = await takeTurns(scenario, contestants, order, { stage, haste })
    if (values !== undefined) each.set(scenario, values)
  }
  for (const contestant of contestants) await stage.leave(contestant)
  return { started, each }
}

async function warm(stage: Stage, contestant: Contestant, haste: number): Promise<void> {
  const small = plan.find(({ name }) => name === 'requests-16')
  if (small === undefined) throw new Error('The plan has no small answers to warm a gateway with.')
  await run(stage, contestant, small, { answers: { warmUp: 0, window: Math.ceil(WARM_ANSWERS / haste) } })
}

interface Turns {
  readonly stage: Stage
  readonly haste: number
}

/** CPU µs of each contestant; `undefined` when one of them could not be measured. */
async function takeTurns(
  scenario: Scenario,
  contestants: readonly Contestant[],
  order: readonly Contestant[],
  { stage, haste }: Turns,
): Promise<readonly number[] | undefined> {
  const answers = scenario.answers
  const turn = (warmUp: number): Partial<Timing> => ({
    warmUpMs: 100,
    windowMs: TURN_MS / haste,
    answers: answers && { warmUp: Math.ceil(warmUp / haste), window: Math.ceil(answers.window / TURNS / haste) },
  })
  const measured = new Map<Contestant, number[]>(contestants.map((contestant) => [contestant, []]))
  for (const contestant of order) await run(stage, contestant, scenario, turn(answers?.warmUp ?? 0))
  for (let count = 0; count < TURNS; count += 1) {
    for (const contestant of count % 2 === 0 ? order : order.toReversed()) {
      const each = await run(stage, contestant, scenario, turn(0))
      if (each === undefined) return undefined
      measured.get(contestant)?.push(each)
    }
  }
  return contestants.map((contestant) => average(measured.get(contestant) ?? []))
}

/** CPU µs of each answer, or event. */
async function run(
  stage: Stage,
  contestant: Contestant,
  scenario: Scenario,
  turn: Partial<Timing>,
): Promise<number | undefined> {
  const timing: Timing = { rounds: 1, warmUpMs: 0, windowMs: TURN_MS, idle: 0, ...turn }
  const job = scenario.job(contestant.endpoint, stage.watched(contestant), timing)
  const result = (await stage.load.run(job)) as WindowResult
  const reasons = reasonsToRefuse({ result, upstreamSharesCore: false, nodeVersions: stage.nodeVersions() })
  // That the load generator was busy says nothing about CPU.
  const wrong = reasons.filter((reason) => !reason.includes('saturated'))
  if (wrong.length > 0) console.log(`  ${contestant.name}: ${wrong.join('; ')}`)
  return wrong.length > 0 ? undefined : scenario.metrics(result).cpuEach
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

export const shown = ({ median, low, high, values }: Interval): string =>
  `${median.toFixed(3)} [${low.toFixed(3)}–${high.toFixed(3)}] of ${values}`

export const middle = (values: readonly number[], digits = 1): string =>
  (intervalOfMedian(values)?.median ?? NaN).toFixed(digits)
