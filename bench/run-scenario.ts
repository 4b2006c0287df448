import { check } from './check.ts'
import type { Contestant, ContestantName, Entrant } from './contestants/contestant.ts'
import type { HoldResult, PlanResult, WindowResult } from './load/job.ts'
import { errorsIn, mixed, reasonsToRefuse } from './measure/refuse.ts'
import { formatMetric } from './report/format.ts'
import type { Report } from './report/report.ts'
import type { Metrics, Scenario, Timing } from './scenario.ts'
import type { Stage } from './stage.ts'

/** From this share of the server's core on, used by other programs, a window is called disturbed. */
const DISTURBED = 0.1

/** Rounds on top of those asked for, in place of refused ones. */
const MOST_EXTRA_ROUNDS = 2

/** Contestants started for a scenario have compiled nothing yet. */
const SEVERAL_WARM_UP: Timing = { rounds: 1, warmUpMs: 0, windowMs: 6000, idle: 0 }

/** Who takes part: those that run all the time, and how to start each anew. */
export interface Cast {
  readonly running: ReadonlyMap<ContestantName, Contestant>
  readonly entrants: ReadonlyMap<ContestantName, Entrant>
}

/** Runs all rounds of a scenario, one contestant right after the other, with a line for each round. */
export async function runScenario(scenario: Scenario, { stage, cast, timing, report }: Surroundings): Promise<void> {
  const names = scenario.contestants.filter((name) => cast.entrants.has(name))
  const entrants = names.flatMap((name) => cast.entrants.get(name) ?? [])
  if (scenario.ceiling === true) await showCeiling(scenario, stage, timing, report)
  if (scenario.probe !== undefined) await check(stage, entrants, cast.running, scenario.probe)

  const several = await startSeveral(scenario, entrants, stage)
  let wanted = scenario.fresh === true ? Math.ceil(timing.rounds / 2) : timing.rounds
  const most = wanted + MOST_EXTRA_ROUNDS
  try {
    for (let round = 1; round <= wanted; round += 1) {
      const shown: string[] = []
      const refusals: string[] = []
      for (const entrant of entrants) {
        const { metrics, refused } = await runTurn(scenario, entrant, several.get(entrant.name), {
          stage,
          cast,
          timing,
          report,
        })
        report.results.add(scenario.name, entrant.name, metrics)
        const value = metrics === undefined ? 'refused' : formatMetric(scenario.shown, metrics[scenario.shown])
        shown.push(`${entrant.title} ${value}`)
        refusals.push(...refused.map((why) => `${scenario.title}, round ${round}, ${entrant.title}: ${why}`))
      }
      report.say(`${scenario.title.padEnd(32)} ${round}/${wanted}   ${shown.join(' · ')}`)
      for (const refusal of refusals) report.refuse(refusal)
      if (refusals.length > 0 && wanted < most) wanted += 1
    }
  } finally {
    for (const contestant of several.values()) await stage.leave(contestant)
  }
}

/** The contestants with several workers, where a scenario wants them; warm, as the others are. */
async function startSeveral(
  { workers, job }: Scenario,
  entrants: readonly Entrant[],
  stage: Stage,
): Promise<ReadonlyMap<ContestantName, Contestant>> {
  const several = new Map<ContestantName, Contestant>()
  if (workers === undefined) return several
  for (const entrant of entrants) {
    const contestant = await stage.enter(entrant, workers)
    several.set(entrant.name, contestant)
    await stage.load.run(job(contestant.endpoint, stage.watched(contestant), SEVERAL_WARM_UP))
  }
  return several
}

interface Once {
  readonly metrics: Metrics | undefined
  readonly refused: readonly string[]
}

interface Surroundings {
  readonly stage: Stage
  readonly cast: Cast
  readonly timing: Timing
  readonly report: Report
}

/** One contestant's turn: with one worker, and then with several where there are. */
async function runTurn(
  scenario: Scenario,
  entrant: Entrant,
  several: Contestant | undefined,
  surroundings: Surroundings,
): Promise<Once> {
  const one = await runOnce(scenario, entrant, surroundings)
  if (several === undefined) return one
  const all = await measure(scenario, several, surroundings)
  const refused = [...one.refused, ...all.refused]
  if (one.metrics?.perSecond === undefined || all.metrics?.perSecond === undefined)
    return { metrics: undefined, refused }
  return { metrics: { ...all.metrics, scaling: all.metrics.perSecond / one.metrics.perSecond }, refused }
}

async function runOnce(scenario: Scenario, entrant: Entrant, surroundings: Surroundings): Promise<Once> {
  const { stage, cast } = surroundings
  const running = scenario.fresh === true ? await stage.enter(entrant) : cast.running.get(entrant.name)
  if (running === undefined) return { metrics: undefined, refused: ['it does not run'] }
  try {
    return await measure(scenario, running, surroundings)
  } finally {
    if (scenario.fresh === true) await stage.leave(running)
  }
}

async function measure(
  scenario: Scenario,
  running: Contestant,
  { stage, timing, report }: Surroundings,
): Promise<Once> {
  try {
    const job = scenario.job(running.endpoint, stage.watched(running), timing)
    const result = await stage.load.run(job)
    const refused = 'count' in result ? refusals(result, stage, report) : refusalsOfOthers(result, stage)
    return { metrics: refused.length > 0 ? undefined : scenario.metrics(result), refused }
  } catch (error) {
    return { metrics: undefined, refused: [error instanceof Error ? error.message : String(error)] }
  }
}

function refusals(result: WindowResult, stage: Stage, report: Report): string[] {
  const { serverCoreShare, cpu, seconds } = result
  if (serverCoreShare !== undefined && cpu.server !== undefined) {
    const others = serverCoreShare - cpu.server / seconds
    report.disturbed(others > DISTURBED ? others : undefined)
  }
  const upstreamSharesCore = stage.cores.upstream !== undefined && stage.cores.upstream === stage.cores.load
  return reasonsToRefuse({ result, upstreamSharesCore, nodeVersions: stage.nodeVersions() })
}

const refusalsOfOthers = (result: HoldResult | PlanResult, stage: Stage): string[] => [
  ...errorsIn(result),
  ...mixed(stage.nodeVersions()),
]

/** How fast the load generator and the upstream are with nobody between them. */
async function showCeiling(scenario: Scenario, stage: Stage, timing: Timing, report: Report): Promise<void> {
  const endpoint = { port: stage.upstreamPort, headers: {} }
  const result = await stage.load.run(scenario.job(endpoint, stage.watched(), timing))
  const value = formatMetric(scenario.shown, scenario.metrics(result)[scenario.shown])
  report.ceilings.push({ title: scenario.title, value })
  report.say(`${scenario.title.padEnd(32)} –     straight to the upstream, the load generator's own ceiling: ${value}`)
}
