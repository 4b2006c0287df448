// `npm run bench -- against REF [--rounds N] [--quick]`: the gateway of this checkout beside the one of an earlier commit, window by window.
import { parseArgs } from 'node:util'
import { prepareCheckout, REPOSITORY } from './checkout.ts'
import type { Contestant } from './contestants/contestant.ts'
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

interface Comparing {
  readonly stage: Stage
  readonly before: Contestant
  readonly now: Contestant
  readonly rounds: number
  readonly windowMs: number
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
  const stage = await Stage.open(chooseCores())
  const stop = (): void => void stage.close().then(() => process.exit(130))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    const before = await stage.enter(await spekaAt('speka-before', reference, checkout))
    const now = await stage.enter(await spekaAt('speka', 'this checkout', REPOSITORY))
    const windowMs = values.quick ? 300 : 2000
    console.log(
      `CPU µs of the gateway's whole process, ${reference} over this checkout: above 1 is quicker than before.`,
    )
    console.log(`${rounds} rounds of ${windowMs / 1000} s each; the 95 % interval of the median must reach ${LEAST}.`)
    const held: boolean[] = []
    for (const scenario of plan.filter(({ name }) => values.only.includes(name)))
      held.push(await compare(scenario, { stage, before, now, rounds, windowMs }))
    return held.every(Boolean)
  } finally {
    await stage.close()
  }
}

async function compare(scenario: Scenario, { stage, before, now, rounds, windowMs }: Comparing): Promise<boolean> {
  const cpuEach = async (contestant: Contestant, ms: number): Promise<number | undefined> => {
    const timing = { rounds, warmUpMs: 100, windowMs: ms, idle: 0 }
    const result = (await stage.load.run(
      scenario.job(contestant.endpoint, stage.watched(contestant), timing),
    )) as WindowResult
    const refused = reasonsToRefuse({ result, upstreamSharesCore: false, nodeVersions: stage.nodeVersions() })
    // That the load generator was busy says nothing about CPU.
    const wrong = refused.filter((reason) => !reason.includes('saturated'))
    if (wrong.length > 0) console.log(`  ${contestant.name}: ${wrong.join('; ')}`)
    return wrong.length > 0 ? undefined : scenario.metrics(result).cpuEach
  }
  for (const contestant of [before, now]) await cpuEach(contestant, windowMs * 2)
  const ratios: number[] = []
  const each: { before: number[]; now: number[] } = { before: [], now: [] }
  for (let round = 0; ratios.length < rounds && round < rounds + MOST_EXTRA_ROUNDS; round += 1) {
    // Who goes first takes turns, so that what drifts favours nobody.
    const first = round % 2 === 0 ? before : now
    const one = await cpuEach(first, windowMs)
    const other = await cpuEach(first === before ? now : before, windowMs)
    const [old, fresh] = first === before ? [one, other] : [other, one]
    if (old === undefined || fresh === undefined) continue
    ratios.push(old / fresh)
    each.before.push(old)
    each.now.push(fresh)
  }
  const interval = intervalOfMedian(ratios)
  const holds = interval !== undefined && interval.high >= LEAST
  console.log(
    `${holds ? 'held  ' : 'MISSED'} ${scenario.title.padEnd(32)} ${interval === undefined ? 'nothing measured' : shown(interval)}` +
      `   ${middle(each.before)} → ${middle(each.now)} µs`,
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
