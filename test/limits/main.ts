import { table, told, type Figure } from '../faults/long-run/figure.ts'
import { randomFrom } from '../support/random-from.ts'
import { runBudget, type BudgetRun, type Disturbance } from './budget-run.ts'
import { manyCustomers } from './customers.ts'
import { disturbances } from './disturbances.ts'
import { startLimitedGateway, usd, type LimitedGateway } from './limited-gateway.ts'
import { readOptions, usage, type Options, type PartName } from './options.ts'
import { exactly, otherRates } from './other-rates.ts'
import { runRates, type RateRun } from './rate-run.ts'

type Say = (text: string) => void
type Part = (limited: LimitedGateway, options: Options, say: Say) => Promise<readonly Figure[]>

const { calm, ...troubled } = disturbances

const limitedBy = (cap: string): string => `--limit-usd ${cap} --reset never`

const parts: Readonly<Record<PartName, Part>> = {
  budgets: async (limited, options, say) =>
    budgetFigures('in peace', calm, await spendAll(limited, calm, options.runs, options, say)),
  async disturbed(limited, options, say) {
    const figures: Figure[] = []
    for (const [name, disturbance] of Object.entries<Disturbance>(troubled)) {
      const runs = await spendAll(limited, disturbance, options.disturbed, options, (text) => say(`${name}: ${text}`))
      figures.push(...budgetFigures(name, disturbance, runs))
    }
    return figures
  },
  async rates(limited, options, say) {
    const { rpm: rpms, seconds, busy } = options
    say(`${rpms.join(', ')} a minute, for ${seconds} s`)
    const by = { seconds, limitedBy: (rpm: number) => `--rpm ${rpm}` }
    const runs = await runRates(limited, { ...by, rpms })
    const few = rpms.filter((rpm) => rpm <= 300)
    say(`${few.join(', ')} a minute, and the gateway is killed`)
    const killed = await runRates(limited, { ...by, rpms: few, killAt: Math.min(30, seconds / 2) })
    return [
      ...runs.flatMap((run) => rateFigures('', run, busy)),
      ...killed.flatMap((run) => rateFigures(', killed', run, busy)),
    ]
  },
  others: (limited) => otherRates(limited),
  customers: (limited) => manyCustomers(limited),
  /** Limits that are switched off must be seen to be exceeded, or nothing above proves anything. */
  async control(limited, options) {
    const random = randomFrom(options.seed)
    const requests = Math.min(options.requests, 300)
    const budget = await runBudget(limited, { requests, random, disturbance: calm, limitedBy: () => '' })
    const [rate] = await runRates(limited, { rpms: [60], seconds: 5, limitedBy: () => '' })
    return [
      seen(`control, no limits: charged beyond ${usd(budget.cap)}`, usd(budget.overshoot), budget.overshoot > 0n),
      seen('  and what the upstream was owed', usd(budget.overshootOfTruth), budget.overshootOfTruth > 0n),
      seen('  in a minute, of 60', String(rate?.most), (rate?.most ?? 0) > 60),
    ]
  },
}

const seen = (name: string, value: string, reached: boolean): Figure => ({ name, value, wanted: 'more', reached })

const away = (amount: bigint): bigint => (amount < 0n ? -amount : amount)

async function spendAll(
  limited: LimitedGateway,
  disturbance: Disturbance,
  count: number,
  { requests, seed }: Options,
  say: Say,
): Promise<readonly BudgetRun[]> {
  const random = randomFrom(seed)
  const runs: BudgetRun[] = []
  for (let run = 1; run <= count; run += 1) {
    limited.upstream.forget()
    const done = await runBudget(limited, { requests, random, disturbance, limitedBy })
    runs.push(done)
    const { complete, refused, unknown, exhausted, cut, broken, other } = done.count
    say(
      `${run} of ${count}: ${usd(done.charged)} of ${usd(done.cap)}; ${complete} whole, ${refused} refused, ` +
        `${exhausted} exhausted, ${unknown} unknown, ${cut} cut, ${broken} broken, ${other} other`,
    )
    for (const lines of [done.falseRefusals, done.wrong, done.troubles])
      for (const line of lines.slice(0, 5)) say(`  ${line}`)
  }
  return runs
}

function budgetFigures(name: string, { mayBeUnknown }: Disturbance, runs: readonly BudgetRun[]): readonly Figure[] {
  const sum = (of: (run: BudgetRun) => number): number => runs.reduce((total, run) => total + of(run), 0)
  const most = (of: (run: BudgetRun) => bigint): bigint =>
    runs.map(of).reduce((greatest, amount) => (amount > greatest ? amount : greatest), 0n)
  const { length } = runs
  const asked = sum(({ count }) => Object.values(count).reduce((total, of) => total + of, 0))
  const unknown = sum(({ count }) => count.unknown)
  return [
    told(`budgets spent by three processes, ${name}; requests`, `${length}, ${asked}`),
    told(
      '  whole, refused, exhausted, cut, broken',
      (['complete', 'refused', 'exhausted', 'cut', 'broken'] as const)
        .map((ending) => sum(({ count }) => count[ending]))
        .join(', '),
    ),
    exactly(
      '  charged beyond the cap, pico-dollars',
      most(({ overshoot }) => overshoot),
      0n,
    ),
    exactly(
      '  owed to the upstream for whole answers beyond it',
      most((run) => run.overshootOfTruth),
      0n,
    ),
    exactly(
      '  whole answers that are charged otherwise',
      sum(({ wrong }) => wrong.length),
      0,
    ),
    exactly(
      '  refusals that need not have been',
      sum((run) => run.falseRefusals.length),
      0,
    ),
    mayBeUnknown === true
      ? told('  503, cannot be known, meanwhile', String(unknown))
      : exactly('  503, cannot be known', unknown, 0),
    exactly(
      '  503, cannot be known, once all was well',
      sum(({ unknownInCalm }) => unknownInCalm),
      0,
    ),
    exactly(
      '  held at rest',
      most(({ heldAtRest }) => heldAtRest),
      0n,
    ),
    exactly(
      '  spent, as /v1/key has it, and as the rows do',
      most(({ toldWrong }) => away(toldWrong)),
      0n,
    ),
    exactly(
      '  left, and not to be had by one request',
      most(({ notToBeHad }) => notToBeHad),
      0n,
    ),
    exactly(
      '  anything else',
      sum(({ troubles }) => troubles.length),
      0,
    ),
  ]
}

function rateFigures(how: string, { rpm, sent, strange, ...run }: RateRun, busy: boolean): readonly Figure[] {
  const most = busy ? run.mostForCertain : run.most
  const share = run.admitted / run.ideal
  return [
    told(`${rpm} a minute${how}: asked for, and admitted`, `${sent}, ${run.admitted}`),
    {
      name: '  the most in 60 s, for certain, and by arrival',
      value: `${run.mostForCertain}, ${run.most}`,
      wanted: `at most ${rpm}`,
      reached: most <= rpm,
    },
    {
      name: '  of what is allowed, in per cent',
      value: (share * 100).toFixed(1),
      wanted: how === '' ? 'at least 98' : 'at least 90',
      reached: share >= (how === '' ? 0.98 : 0.9),
    },
    // On a busy machine the first second, in which others use what they were handed, may be longer.
    busy
      ? told('  told to come back too late', String(run.toldTooLate))
      : exactly('  told to come back too late', run.toldTooLate, 0),
    ...(strange.length > 0 ? [exactly(`  ended otherwise: ${strange[0]}`, strange.length, 0)] : []),
  ]
}

/** Runs every part, one after the other, on one gateway, and says what came of it. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  const began = performance.now()
  const figures: Figure[] = []
  const limited = await startLimitedGateway()
  try {
    for (const name of options.only) {
      const say: Say = (text) => {
        const seconds = Math.round((performance.now() - began) / 1000)
        process.stderr.write(`[${String(seconds).padStart(4)}s] ${name}: ${text}\n`)
      }
      say('begins')
      figures.push(...(await parts[name](limited, options, say)))
    }
    await limited.gateway.stop()
    await limited.speka('ledger verify')
  } finally {
    await limited.close()
  }
  process.stdout.write(`\nSeed ${options.seed}\n${table(figures)}`)
  return figures.every(({ reached }) => reached) ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
