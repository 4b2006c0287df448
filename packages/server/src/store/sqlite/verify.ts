import { MOST_PROBLEMS, type LedgerProblem, type LedgerReport } from '../ledger-report.ts'
import type { SqliteThread } from './start-thread.ts'
import type { CountedCharges } from './thread/counted-charges.ts'
import type { Charges } from './thread/row-charges.ts'
import type { VerifiedPart } from './thread/verify-rows.ts'

/** How many rows are looked at in one go: some tens of milliseconds' worth. */
const PART_ROWS = 5000

/** Looks at every row of the ledger, owner by owner, and holds what budgets count as charged to them. */
export async function verifyLedger(thread: SqliteThread): Promise<LedgerReport> {
  // First: what these rows charge stays the same, whatever is written and counted meanwhile.
  const counted = await thread.ask('countedCharges')
  let rows = 0
  const problems: LedgerProblem[] = []
  const charges: Charges = new Map()
  for (const owner of await thread.ask('ownersOfRows')) {
    let after: number | undefined = 0
    while (after !== undefined) {
      const part: VerifiedPart = await thread.ask('verifyRows', owner, after, PART_ROWS, counted.upTo.get(owner) ?? 0)
      rows += part.rows
      problems.push(...part.problems)
      for (const [number, charge] of part.charges) charges.set(number, (charges.get(number) ?? 0n) + charge)
      after = part.last
    }
  }
  problems.push(...differences(counted, charges))
  return { rows, problems: problems.slice(0, MOST_PROBLEMS) }
}

const differences = ({ budgets }: CountedCharges, charges: Charges): LedgerProblem[] =>
  budgets.flatMap(({ number, id, charged }) => {
    const rows = charges.get(number) ?? 0n
    if (charged === rows) return []
    const message = `Budget ${number} (${id}) counts ${charged} pico-dollars as charged, the rows that name it say ${rows}.`
    return [{ problem: 'charges_differ', owner: 0, n: 0, id: undefined, message }]
  })
