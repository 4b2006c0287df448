import type { Contestant, Entrant } from './contestants/contestant.ts'
import type { WindowResult } from './load/job.ts'
import { intervalOfMedian, type Interval } from './measure/interval.ts'
import { reasonsToRefuse } from './measure/refuse.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

export interface Measuring {
  readonly stage: Stage
  readonly windowMs: number
  /** How long each is asked before it is measured, in ms. Default: one window. */
  readonly warmMs?: number
  /** Who goes first takes turns, so that what drifts favours nobody. */
  readonly round: number
}

/**
 * One round: all gateways started afresh, since how a process happens to be compiled and laid out can be worth more than what is
 * measured, then each scenario, warm, one right after the other.
 *
 * @returns the CPU µs of each entrant, in their order, of every scenario in which all could be measured.
 */
export async function measureRound(
  scenarios: readonly Scenario[],
  entrants: readonly Entrant[],
  { stage, windowMs, warmMs = windowMs, round }: Measuring,
): Promise<Map<Scenario, readonly number[]>> {
  const contestants: Contestant[] = []
  for (const entrant of entrants) contestants.push(await stage.enter(entrant))
  const first = round % contestants.length
  const order = [...contestants.slice(first), ...contestants.slice(0, first)]
  const measured = new Map<Scenario, readonly number[]>()
  for (const scenario of scenarios) {
    for (const contestant of order) await cpuEach(stage, contestant, scenario, warmMs)
    const each = new Map<Contestant, number | undefined>()
    for (const contestant of order) each.set(contestant, await cpuEach(stage, contestant, scenario, windowMs))
    const values = contestants.flatMap((contestant) => each.get(contestant) ?? [])
    if (values.length === contestants.length) measured.set(scenario, values)
  }
  for (const contestant of contestants) await stage.leave(contestant)
  return measured
}

async function cpuEach(
  stage: Stage,
  contestant: Contestant,
  scenario: Scenario,
  ms: number,
): Promise<number | undefined> {
  const timing = { rounds: 1, warmUpMs: 100, windowMs: ms, idle: 0 }
  const job = scenario.job(contestant.endpoint, stage.watched(contestant), timing)
  const result = (await stage.load.run(job)) as WindowResult
  const reasons = reasonsToRefuse({ result, upstreamSharesCore: false, nodeVersions: stage.nodeVersions() })
  // That the load generator was busy says nothing about CPU.
  const wrong = reasons.filter((reason) => !reason.includes('saturated'))
  if (wrong.length > 0) console.log(`  ${contestant.name}: ${wrong.join('; ')}`)
  return wrong.length > 0 ? undefined : scenario.metrics(result).cpuEach
}

export const shown = ({ median, low, high, values }: Interval): string =>
  `${median.toFixed(3)} [${low.toFixed(3)}–${high.toFixed(3)}] of ${values}`

export const middle = (values: readonly number[]): string => (intervalOfMedian(values)?.median ?? NaN).toFixed(1)
