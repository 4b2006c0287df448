// `npm run bench -- limits [--rounds N] [--quick]`: what limits cost: CPU of each request, and memory of each limited key.
import { parseArgs } from 'node:util'
import { spekaWith } from './contestants/speka.ts'
import type { Entrant } from './contestants/contestant.ts'
import { bytesEachKey, crowdedFolder, MANY_KEYS, MANY_LIMITS, type Amounts } from './limits/crowd.ts'
import { discard } from './ledger/starts.ts'
import { intervalOfMedian } from './measure/interval.ts'
import { plan } from './plan.ts'
import { chooseCores } from './processes/cores.ts'
import type { Scenario } from './scenario.ts'
import { measureRound, middle, shown } from './side-by-side.ts'
import { Stage } from './stage.ts'

const SCENARIOS = ['requests-16', 'events']

/** None is ever reached. */
const FOUR_LIMITS: Amounts = {
  usd: '1000000',
  window: 'month',
  rpm: 1_000_000,
  tpm: 1_000_000_000,
  max_parallel: 10_000,
}

/** With limits over without: above this the interval of the median must not lie. */
const MOST_WITH_LIMITS = 1.07
/** The same with a crowd of other keys and limits: nothing that can be measured. */
const MOST_IN_A_CROWD = 1.02
const KIB = 1024
const MOST_BYTES = { four: 4 * KIB, withRpd: 7 * KIB } as const

/** A round that was refused is made up for so many times, at most. */
const MOST_EXTRA_ROUNDS = 5

async function run(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      only: { type: 'string', multiple: true, default: ['cpu', 'memory'] },
    },
  })
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 15))
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number above 0.')
  const held: boolean[] = []
  if (values.only.includes('cpu')) held.push(await measureCpu(rounds, values.quick ? 10 : 1))
  if (values.only.includes('memory')) held.push(await measureMemory())
  return held.every(Boolean)
}

async function measureCpu(rounds: number, haste: number): Promise<boolean> {
  const crowd = await crowdedFolder(MANY_KEYS, MANY_LIMITS)
  const entrants: readonly Entrant[] = [
    spekaWith('speka', 'no limits', {}),
    spekaWith('speka-limited', 'four limits', { limits: FOUR_LIMITS }),
    spekaWith('speka-crowded', 'four limits in a crowd', { limits: FOUR_LIMITS, data: crowd }),
  ]
  const scenarios = plan.filter(({ name }) => SCENARIOS.includes(name))
  console.log(
    "CPU µs of the gateway's whole process: a key with four limits (money a month, rpm, tpm, max_parallel) over one without;",
  )
  console.log(
    `then the same beside ${MANY_KEYS} other keys and ${MANY_LIMITS} other limits over that alone. ${rounds} rounds.`,
  )
  const stage = await Stage.open(chooseCores())
  const stop = (): void => void stage.close().then(() => process.exit(130))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const results = new Map<Scenario, (readonly number[])[]>(scenarios.map((scenario) => [scenario, []]))
  try {
    for (let round = 0; round < rounds + MOST_EXTRA_ROUNDS; round += 1) {
      const wanting = scenarios.filter((scenario) => (results.get(scenario)?.length ?? 0) < rounds)
      if (wanting.length === 0) break
      const { each } = await measureRound(wanting, entrants, { stage, round, haste })
      for (const [scenario, values] of each) results.get(scenario)?.push(values)
    }
  } finally {
    await stage.close()
    discard(crowd)
  }
  return [...results]
    .flatMap(([{ title }, measured]) => [
      judge(`${title}, limited`, measured, [0, 1], MOST_WITH_LIMITS),
      judge(`${title}, in a crowd`, measured, [1, 2], MOST_IN_A_CROWD),
    ])
    .every(Boolean)
}

/** @param between which two of the entrants are compared: the later over the earlier. */
function judge(
  title: string,
  measured: readonly (readonly number[])[],
  [from, to]: readonly [number, number],
  most: number,
): boolean {
  const of = (entrant: number): readonly number[] => measured.map((each) => each[entrant] ?? NaN)
  const [before, now] = [of(from), of(to)]
  const interval = intervalOfMedian(now.map((value, round) => value / (before[round] ?? NaN)))
  const holds = interval !== undefined && interval.low <= most
  const ratio = interval === undefined ? 'nothing measured' : shown(interval)
  console.log(
    `${holds ? 'held  ' : 'MISSED'} ${title.padEnd(36)} ${ratio}   ${middle(before)} → ${middle(now)} µs (at most ${most})`,
  )
  return holds
}

async function measureMemory(): Promise<boolean> {
  const without = await bytesEachKey(MANY_KEYS, undefined)
  const limited = await bytesEachKey(MANY_KEYS, FOUR_LIMITS)
  const withRpd = await bytesEachKey(MANY_KEYS, { ...FOUR_LIMITS, rpd: 1_000_000 })
  return [
    judgeBytes('memory of four limits', limited - without, MOST_BYTES.four),
    judgeBytes('memory of those and rpd', withRpd - without, MOST_BYTES.withRpd),
  ].every(Boolean)
}

function judgeBytes(what: string, bytes: number, most: number): boolean {
  const holds = bytes <= most
  const each = `${(bytes / KIB).toFixed(2)} KiB a key`
  console.log(`${holds ? 'held  ' : 'MISSED'} ${what.padEnd(36)} ${each} (at most ${most / KIB})`)
  return holds
}

try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
