// `npm run bench -- against REF [--rounds N] [--quick]`: the gateway of this checkout beside the one of an earlier commit, window by window.
import { parseArgs } from 'node:util'
import { prepareCheckout, REPOSITORY } from './checkout.ts'
import type { Entrant } from './contestants/contestant.ts'
import { spekaAt } from './contestants/speka.ts'
import { intervalOfMedian } from './measure/interval.ts'
import { plan } from './plan.ts'
import { chooseCores } from './processes/cores.ts'
import type { Scenario } from './scenario.ts'
import { measureRound, middle, shown } from './side-by-side.ts'
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
      const measured = await measureRound(wanting, [sides.before, sides.now], { stage, windowMs, round })
      for (const [scenario, [before, now]] of measured)
        if (before !== undefined && now !== undefined) results.get(scenario)?.push({ before, now })
    }
  } finally {
    await stage.close()
  }
  return [...results].map(([scenario, pairs]) => judge(scenario, pairs)).every(Boolean)
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

try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
