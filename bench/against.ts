// `npm run bench -- against REF [--rounds N] [--quick]`: the gateway of this checkout beside the one of an earlier commit, window by window.
import { parseArgs } from 'node:util'
import { prepareCheckout, REPOSITORY } from './checkout.ts'
import type { Entrant } from './contestants/contestant.ts'
import { spekaAt } from './contestants/speka.ts'
import { intervalOfMedian, type Interval } from './measure/interval.ts'
import { plan } from './plan.ts'
import { chooseCores } from './processes/cores.ts'
import type { Scenario } from './scenario.ts'
import { measureRound, middle, shown, WARM_ANSWERS } from './side-by-side.ts'
import { Stage } from './stage.ts'

/** What is compared: the work of every request, and that of every event. */
const SCENARIOS = ['requests-16', 'requests-64', 'events', 'events-anthropic']

/** Old µs over new µs: below this the new gateway is slower than noise explains. */
const LEAST = 0.98

/** A round that was refused is made up for so many times, at most. */
const MOST_EXTRA_ROUNDS = 5

/** CPU of one round. */
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
  const haste = values.quick ? 10 : 1
  console.log(`CPU µs of the gateway's whole process, ${reference} over this checkout: above 1 is quicker than before.`)
  console.log(
    `${rounds} rounds; in each, both give ${WARM_ANSWERS / haste} answers to be warm, and then as many as the other.`,
  )
  console.log(`The 95 % interval of the median must reach ${LEAST}.`)
  const stage = await Stage.open(chooseCores())
  const stop = (): void => void stage.close().then(() => process.exit(130))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const results = new Map<Scenario, Pair[]>(scenarios.map((scenario) => [scenario, []]))
  const starts: Pair[] = []
  try {
    for (let round = 0; round < rounds + MOST_EXTRA_ROUNDS; round += 1) {
      const wanting = scenarios.filter((scenario) => (results.get(scenario)?.length ?? 0) < rounds)
      if (wanting.length === 0) break
      const { started, each } = await measureRound(wanting, [sides.before, sides.now], { stage, round, haste })
      starts.push(...pairOf(started))
      for (const [scenario, values] of each) results.get(scenario)?.push(...pairOf(values))
    }
  } finally {
    await stage.close()
  }
  // For information: it is paid once, and grows with what there is to start.
  console.log(told('told  ', `start, and ${WARM_ANSWERS / haste} answers`, starts, 's', 2))
  return [...results].map(([scenario, pairs]) => judge(scenario, pairs)).every(Boolean)
}

const pairOf = ([before, now]: readonly number[]): Pair[] =>
  before === undefined || now === undefined ? [] : [{ before, now }]

function judge({ title }: Scenario, pairs: readonly Pair[]): boolean {
  const interval = oldOverNew(pairs)
  const holds = interval !== undefined && interval.high >= LEAST
  console.log(told(holds ? 'held  ' : 'MISSED', title, pairs, 'µs', 1))
  return holds
}

const oldOverNew = (pairs: readonly Pair[]): Interval | undefined =>
  intervalOfMedian(pairs.map(({ before, now }) => before / now))

function told(verdict: string, title: string, pairs: readonly Pair[], unit: string, digits: number): string {
  const interval = oldOverNew(pairs)
  const ratio = interval === undefined ? 'nothing measured' : shown(interval)
  const [old, fresh] = [pairs.map(({ before }) => before), pairs.map(({ now }) => now)]
  return `${verdict} ${title.padEnd(32)} ${ratio}   ${middle(old, digits)} → ${middle(fresh, digits)} ${unit}`
}

try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
