import { randomFrom } from '../support/random-from.ts'
import { runBudget, type BudgetRun, type Disturbance } from './budget-run.ts'
import { usd, type LimitedProcesses } from './limited-processes.ts'

export interface SpendOptions {
  /** How many budgets, and by how many requests each. */
  readonly runs: number
  readonly requests: number
  readonly seed: number
  /** How the key of each is limited, as the command line has it. */
  readonly limitedBy: (cap: string) => string
  /** Told what came of each. */
  readonly say: (text: string) => void
}

/** Spends so many budgets, one after the other. */
export async function spendBudgets<Limited extends LimitedProcesses>(
  limited: Limited,
  disturbance: Disturbance<Limited>,
  { runs: count, requests, seed, limitedBy, say }: SpendOptions,
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
    for (const lines of [done.falseRefusals, done.wrong, done.troubles, done.unknown])
      for (const line of lines.slice(0, 5)) say(`  ${line}`)
  }
  return runs
}
