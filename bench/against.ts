// `npm run bench -- against REF [--rounds N] [--quick]`: the gateway of this checkout beside the one of an earlier commit, window by window.
import { parseArgs } from 'node:util'
import { prepareCheckout, REPOSITORY } from './checkout.ts'
import type { Contestant, Entrant } from './contestants/contestant.ts'
import { spekaAt } from './contestants/speka.ts'
import type { WindowResult } from './load/job.ts'
import { intervalOfMedian, type Interval } from './measure/interval.ts'
import { reasonsToRefuse } from './measure/refuse.ts'
import { plan } from './plan.ts'
import { chooseCores } from './processes/cores.ts'
import type { Scenario } from './scenario.ts'
import { Stage } from './stage.ts'

/** What is compared: the work of every request, and that of every event. */
const SCENARIOS = ['requests-16', 'requests-64', 'events', 'events-anthropic']

/** Old µs over new µs: below this the new gateway is slower than noise explains. */
const LEAST = 0.98

/** A round that was refused is made up for so many times, at most. */
const MOST_EXTRA_ROUNDS = 5

/** CPU µs of one round. */
interface Pair {
  readonly before: number
  readonly now: number
}

interface Sides {
  readonly before: Entrant
  readonly now: Entrant
}

async function run(args: readonly string[]): Promise<boolean> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      only: { type: 'string', multiple: true, default: SCENARIOS },
    },
  })
  const [reference = 'HEAD~1'] = positionals
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 15))
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number above 0.')
  const checkout = await prepareCheckout(reference, (line) => console.log(line))
  const sides: Sides = {
    before: await spekaAt('speka-before', reference, checkout),
    now: await spekaAt('speka', 'this checkout', REPOSITORY),
  }
  const scenarios = plan.filter(({ name }) => values.only.includes(name))
  const windowMs = values.quick ? 300 : 1500
  console.log(`CPU µs of the gateway's whole process, ${reference} over this checkout: above 1 is quicker than before.`)
  console.log(`${rounds} rounds of ${windowMs / 1000} s each; the 95 % interval of the median must reach ${LEAST}.`)
  const stage = await Stage.open(chooseCores())
  const stop = (): void => void stage.close().then(() => process.exit(130))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const results = new Map<Scenario, Pair[]>(scenarios.map((scenario) => [scenario, []]))
  try {
    for (let round = 0; round < rounds + MOST_EXTRA_ROUNDS; round += 1) {
      const wanting = scenarios.filter((scenario) => (results.get(scenario)?.length ?? 0) < rounds)
      if (wanting.length === 0) break
      const pairs = await measureRound(wanting, { stage, sides, windowMs, newFirst: round % 2 === 1 })
      for (const [scenario, pair] of pairs) results.get(scenario)?.push(pair)
    }
  } finally {
    await stage.close()
  }
  return [...results].map(([scenario, pairs]) => judge(scenario, pairs)).every(Boolean)
}

interface Measuring {
  readonly stage: Stage
  readonly sides: Sides
  readonly windowMs: number
  /** Who goes first takes turns, so that what drifts favours nobody. */
  readonly newFirst: boolean
}

/**
 * One round: both gateways started afresh, since how a process happens to be compiled and laid out can be worth more than what is
 * measured, then each scenario, warm, one right after the other.
 */
async function measureRound(scenarios: readonly Scenario[], measuring: Measuring): Promise<Map<Scenario, Pair>> {
  const { stage, sides, windowMs, newFirst } = measuring
  const before = await stage.enter(sides.before)
  const now = await stage.enter(sides.now)
  const order = newFirst ? [now, before] : [before, now]
  const pairs = new Map<Scenario, Pair>()
  for (const scenario of scenarios) {
    for (const contestant of order) await cpuEach(stage, contestant, scenario, windowMs)
    const each = new Map<Contestant, number | undefined>()
    for (const contestant of order) each.set(contestant, await cpuEach(stage, contestant, scenario, windowMs))
    const [old, fresh] = [each.get(before), each.get(now)]
    if (old !== undefined && fresh !== undefined) pairs.set(scenario, { before: old, now: fresh })
  }
  await stage.leave(before)
  await stage.leave(now)
  return pairs
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

function judge(scenario: Scenario, pairs: readonly Pair[]): boolean {
  const interval = intervalOfMedian(pairs.map(({ before, now }) => before / now))
  const holds = interval !== undefined && interval.high >= LEAST
  const [old, fresh] = [pairs.map(({ before }) => before), pairs.map(({ now }) => now)].map(middle)
  console.log(
    `${holds ? 'held  ' : 'MISSED'} ${scenario.title.padEnd(32)} ${interval === undefined ? 'nothing measured' : shown(interval)}   ${old} → ${fresh} µs`,
  )
  return holds
}

const shown = ({ median, low, high, values }: Interval): string =>
  `${median.toFixed(3)} [${low.toFixed(3)}–${high.toFixed(3)}] of ${values}`

const middle = (values: readonly number[]): string => (intervalOfMedian(values)?.median ?? NaN).toFixed(1)

try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
