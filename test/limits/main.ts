import { aMoment, kill } from '../crash/kill.ts'
import { table, type Figure } from '../faults/long-run/figure.ts'
import { randomFrom } from '../support/random-from.ts'
import { runBudget, type Disturbance } from './budget-run.ts'
import { manyCustomers } from './customers.ts'
import { disturbances } from './disturbances.ts'
import { startLimitedGateway, type LimitedGateway } from './limited-gateway.ts'
import { usd } from './limited-processes.ts'
import { readOptions, usage, type Options, type PartName } from './options.ts'
import { budgetFigures, rateFigures } from './limit-figures.ts'
import { otherRates } from './other-rates.ts'
import { runRates } from './rate-run.ts'
import { spendBudgets } from './spend-budgets.ts'

type Say = (text: string) => void
type Part = (limited: LimitedGateway, options: Options, say: Say) => Promise<readonly Figure[]>

const { calm, ...troubled } = disturbances

const limitedBy = (cap: string): string => `--limit-usd ${cap} --reset never`

const parts: Readonly<Record<PartName, Part>> = {
  budgets: async (limited, options, say) =>
    budgetFigures('in peace', calm, await spendBudgets(limited, calm, { ...options, limitedBy, say })),
  async disturbed(limited, options, say) {
    const figures: Figure[] = []
    for (const [name, disturbance] of Object.entries<Disturbance>(troubled)) {
      const runs = await spendBudgets(limited, disturbance, {
        ...options,
        runs: options.disturbed,
        limitedBy,
        say: (text) => say(`${name}: ${text}`),
      })
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
    const killed = await runRates(limited, {
      ...by,
      rpms: few,
      meanwhile: { at: Math.min(30, seconds / 2), befall: () => kill.whole(limited.gateway, aMoment) },
    })
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
