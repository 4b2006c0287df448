import { atMost, table, told, type Figure } from '../faults/long-run/figure.ts'
import { budgetFigures, rateFigures } from '../limits/limit-figures.ts'
import { exactly } from '../limits/other-rates.ts'
import { runRates } from '../limits/rate-run.ts'
import { spendBudgets } from '../limits/spend-budgets.ts'
import { randomFrom } from '../support/random-from.ts'
import { installServices } from '../support/services/install-services.ts'
import { runFailures, type Failed } from './failure-run.ts'
import type { FaultName } from './faults.ts'
import { runHungRedis } from './hung-redis-run.ts'
import { startLimitedReplicas, type LimitedReplicas } from './limited-replicas.ts'
import { readOptions, usage, type Options, type PartName } from './options.ts'
import { runRollingRestart } from './restart-run.ts'
import { runRevocation, withoutNotices } from './revocation-run.ts'

type Say = (text: string) => void

/** How often a key is revoked in each way. */
const REVOCATIONS = 5
const REVOKED_WITHIN_MS = 1000
const REVOKED_WITHOUT_NOTICES_WITHIN_MS = 5000
const HUNG_COSTS_MS = 50
const OUTAGE_MS = 2000
/** How many answers are complete before something fails, and after it. */
const ANSWERS = 200

const parts: Readonly<Record<PartName, (options: Options, say: Say) => Promise<readonly Figure[]>>> = {
  budgets: (options, say) =>
    onReplicas(async (limited) =>
      budgetFigures('on three replicas', {}, await spendBudgets(limited, {}, { ...options, limitedBy, say })),
    ),
  rates: ({ rpm: rpms, seconds, busy }) =>
    onReplicas(async (limited) => {
      const { redis } = limited.replicas.engines
      const by = { seconds, limitedBy: (rpm: number) => `--rpm ${rpm}` }
      const runs = await runRates(limited, { ...by, rpms })
      const killed = await runRates(limited, {
        ...by,
        rpms,
        meanwhile: { at: seconds / 2, befall: () => redis.kill().then(() => redis.restart()) },
      })
      return [
        ...runs.flatMap((run) => rateFigures('', run, busy)),
        ...killed.flatMap((run) => rateFigures(', Redis killed', run, busy)),
      ]
    }),
  revocation: () =>
    onReplicas(async (limited) => {
      const heard = await times(REVOCATIONS, () => runRevocation(limited))
      const unheard = await times(REVOCATIONS, () => withoutNotices(limited, () => runRevocation(limited)))
      return [
        atMost('a revoked key goes on for, at the most', Math.max(...heard.flat()), REVOKED_WITHIN_MS, ' ms'),
        atMost('  with notices cut', Math.max(...unheard.flat()), REVOKED_WITHOUT_NOTICES_WITHIN_MS, ' ms'),
      ]
    }),
  hung: () =>
    onReplicas(async (limited) => {
      const { before, longest, meanwhile, crowd, changes, admitted, asked } = await runHungRedis(limited)
      return [
        told('a request with a limited rate, with Redis', `${before.toFixed(1)} ms`),
        atMost('  the longest as Redis hangs, beyond that', longest - before, HUNG_COSTS_MS, ' ms'),
        atMost('  those that come then, beyond that', meanwhile - before, HUNG_COSTS_MS / 10, ' ms'),
        told('the last of 45 that come at once, with Redis', `${crowd.before.toFixed(1)} ms`),
        atMost('  as Redis hangs, beyond that', crowd.first - crowd.before, HUNG_COSTS_MS, ' ms'),
        told('  of the next 45, beyond that', `${(crowd.next - crowd.before).toFixed(1)} ms`),
        atMost('another begins to count, of two outages', changes, 2 * limited.replicas.all.length),
        exactly('admitted meanwhile', admitted, asked),
      ]
    }),
  restart: () =>
    onReplicas(async (limited) => {
      const { complete, failed, turnedAway, unrecorded } = await runRollingRestart(limited)
      return [
        told('three replicas restarted in turn: whole, turned away', `${complete}, ${turnedAway}`),
        exactly('  admitted, and not whole', failed.length, 0),
        exactly('  whole, and not recorded once', unrecorded.length, 0),
      ]
    }),
  async failures({ databaseKills, replicaKills, stopped, seed, faults, from, minutes }, say) {
    const order: FaultName[] = shuffled(
      [
        ...Array.from({ length: databaseKills }, (): FaultName => 'PostgreSQL killed'),
        ...Array.from({ length: replicaKills }, (): FaultName => 'replica killed'),
        'replica stopped',
        'one cut off from PostgreSQL',
        'the line of one to PostgreSQL silent',
        'one cut off from Redis',
        'Redis killed',
        'Redis hung',
      ],
      randomFrom(seed),
    )
    const lasting = { outage: OUTAGE_MS, stopped: stopped * 1000 }
    const befallen = faults.length > 0 ? faults : order
    const mostMs = minutes * 60_000
    const failed = await runFailures({ faults: befallen, lasting, answers: ANSWERS, seed, from, mostMs, say })
    const { lost, doubled, wrong, gaps, troubles } = failed
    for (const line of [...lost.map((id) => `lost: ${id}`), ...doubled, ...wrong, ...gaps, ...troubles].slice(0, 20))
      say(line)
    return [
      told(`replicas and engines killed, stopped and cut off ${failed.befallen} times: answers`, answersOf(failed)),
      exactly('  that are still to come: the time was up', befallen.length - from + 1 - failed.befallen, 0),
      told('  records, and those of them whose answer nobody saw whole', `${failed.rows}, ${failed.unseen}`),
      exactly('  whole answers that are not in the ledger', lost.length, 0),
      exactly('  requests or answers recorded twice', doubled.length, 0),
      exactly('  charges, counts or ends that differ', wrong.length, 0),
      exactly('  numbers missing among the records of one owner', gaps.length, 0),
      exactly('  troubles at rest: verify, sums, budgets', troubles.length, 0),
    ]
  },
}

const limitedBy = (cap: string): string => `--limit-usd ${cap} --reset never`

const answersOf = ({ complete, broken, refused, unknown, unheard }: Failed): string =>
  `${complete} whole, ${broken} broken, ${refused} refused, ${unknown} unknown, ${unheard} unheard`

async function onReplicas<T>(work: (limited: LimitedReplicas) => Promise<T>): Promise<T> {
  const limited = await startLimitedReplicas()
  try {
    return await work(limited)
  } finally {
    await limited.close()
  }
}

async function times<T>(count: number, work: () => Promise<T>): Promise<readonly T[]> {
  const results: T[] = []
  for (let time = 0; time < count; time += 1) results.push(await work())
  return results
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/** Runs every part, each on replicas of its own, and says what came of it. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  await installServices()
  const began = performance.now()
  const figures: Figure[] = []
  for (const name of options.only) {
    const say: Say = (text) => {
      const seconds = Math.round((performance.now() - began) / 1000)
      process.stderr.write(`[${String(seconds).padStart(4)}s] ${name}: ${text}\n`)
    }
    say('begins')
    try {
      figures.push(...(await parts[name](options, say)))
    } catch (error) {
      // What the parts before it have found is not lost with it.
      say(error instanceof Error ? (error.stack ?? error.message) : String(error))
      figures.push(exactly(`${name}: it could not be run to its end`, 1, 0))
    }
  }
  process.stdout.write(`\nSeed ${options.seed}\n${table(figures)}`)
  return figures.every(({ reached }) => reached) ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
}
// Clients of a part that broke off may be asking still.
process.exit()
