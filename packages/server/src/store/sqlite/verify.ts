import type { LedgerReport } from '../ledger-report.ts'
import { verifyLedger } from '../verify-ledger.ts'
import type { SqliteThread } from './start-thread.ts'

/** Looks at every row of the ledger, with time for others on the thread between two parts. */
export const verifyOnThread = (thread: SqliteThread): Promise<LedgerReport> =>
  verifyLedger({
    countedCharges: () => thread.ask('countedCharges'),
    ownersOfRows: () => thread.ask('ownersOfRows'),
    verifyRows: (owner, after, limit, countedN) => thread.ask('verifyRows', owner, after, limit, countedN),
  })
