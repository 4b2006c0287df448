import { table, told, type Figure } from '../faults/long-run/figure.ts'
import { readOptions, usage, type Options } from './options.ts'
import { runCrashes, type Crashed } from './run-crashes.ts'

/** The control needs no more: it loses with nearly every kill. */
const MOST_CONTROL_KILLS = 6

/** Kills one process, then two workers and who looks after them, then what is known to lose; and says what came of it. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  const strict = { durability: 'strict', budgets: true } as const
  const relaxed = { workers: 1, durability: 'relaxed', budgets: false } as const
  const half = { kills: Math.ceil(options.kills / 2), answers: Math.ceil(options.answers / 2) }
  const kills = Math.min(half.kills, MOST_CONTROL_KILLS)
  const figures = [
    ...kept('one process', await part('one process', { ...half, workers: 1, ...strict }, options)),
    ...kept('two workers', await part('two workers', { ...half, workers: 2, ...strict }, options)),
    ...control(await part('control', { kills, answers: kills * 30, ...relaxed }, options)),
  ]
  process.stdout.write(`\nSeed ${options.seed}\n${table(figures)}`)
  return figures.every(({ reached }) => reached) ? 0 : 1
}

type Asked = Omit<Parameters<typeof runCrashes>[0], 'seed' | 'say'>

const began = performance.now()

async function part(name: string, asked: Asked, { seed }: Options): Promise<Crashed> {
  const say = (text: string): void => {
    const seconds = Math.round((performance.now() - began) / 1000)
    process.stderr.write(`[${String(seconds).padStart(4)}s] ${name}: ${text}\n`)
  }
  const crashed = await runCrashes({ ...asked, seed, say })
  const { lost, doubled, wrong, gaps, troubles } = crashed
  for (const line of [...lost.map((id) => `lost: ${id}`), ...doubled, ...wrong, ...gaps, ...troubles].slice(0, 20))
    say(line)
  return crashed
}

function kept(name: string, crashed: Crashed): Figure[] {
  const { kills, complete, broken, unheard, refused, unknown, rows, unseen } = crashed
  const { worker, supervisor, whole } = kills
  return [
    told(`${name}: kills of a worker, the supervisor, the whole`, `${worker}, ${supervisor}, ${whole}`),
    told('  answers that were complete, broken off, never heard of', `${complete}, ${broken}, ${unheard}`),
    told('  at those moments', momentsOf(crashed)),
    told('  refused for a budget that was spent, or that nobody could know', `${refused}, ${unknown}`),
    told('  records, and those of them whose answer nobody saw whole', `${rows}, ${unseen}`),
    none('  complete answers that are not in the ledger', crashed.lost),
    none('  requests or answers recorded twice', crashed.doubled),
    none('  charges, counts or ends that differ between client, upstream and ledger', crashed.wrong),
    none('  numbers missing among the records of one owner', crashed.gaps),
    none('  troubles after a restart: verify, owners, sums, budgets', crashed.troubles),
  ]
}

const momentsOf = ({ at }: Crashed): string =>
  Object.entries(at)
    .map(([point, kills]) => `${kills} ${point}`)
    .join(', ')

/** A ledger that is not strict must be seen to lose, or nothing above proves anything. */
function control({ lost, complete }: Crashed): Figure[] {
  return [
    told('control, a relaxed ledger: answers that were complete', String(complete)),
    {
      name: '  of those not in the ledger',
      value: String(lost.length),
      wanted: 'more than 0',
      reached: lost.length > 0,
    },
  ]
}

const none = (name: string, found: readonly string[]): Figure => ({
  name,
  value: String(found.length),
  wanted: '0',
  reached: found.length === 0,
})

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
