import { MOST_PROBLEMS, type LedgerProblem, type LedgerReport } from '../ledger-report.ts'
import type { SqliteThread } from './start-thread.ts'
import type { VerifiedPart } from './thread/verify-rows.ts'

/** How many rows are looked at in one go: some tens of milliseconds' worth. */
const PART_ROWS = 5000

/** Looks at every row of the ledger, owner by owner. */
export async function verifyLedger(thread: SqliteThread): Promise<LedgerReport> {
  let rows = 0
  const problems: LedgerProblem[] = []
  for (const owner of await thread.ask('ownersOfRows')) {
    let after: number | undefined = 0
    while (after !== undefined) {
      const part: VerifiedPart = await thread.ask('verifyRows', owner, after, PART_ROWS)
      rows += part.rows
      problems.push(...part.problems)
      after = part.last
    }
  }
  return { rows, problems: problems.slice(0, MOST_PROBLEMS) }
}
