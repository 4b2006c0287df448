import type { Availability } from '../availability.ts'
import type { GroupCommit } from '../group-commit.ts'
import type { Ledger } from '../store.ts'
import type { SqlValue } from './usage-record-table.ts'
import { decodeRecord } from './usage-row.ts'
import type { SqliteThread } from './start-thread.ts'
import type { ThreadOnDemand } from './thread-on-demand.ts'
import { decodeTotals } from './usage-totals.ts'

/** What a ledger in a SQLite file works with. */
export interface SqliteLedgerParts {
  readonly commits: GroupCommit<SqlValue>
  readonly availability: Availability
  /** Where records are committed, and found by their id. */
  readonly thread: SqliteThread
  /**
   * Reading much of a large ledger takes long, so it has threads of its own: no commit ever waits behind it, and no
   * search, which is soon over, behind a report.
   */
  readonly searches: ThreadOnDemand
  readonly reports: ThreadOnDemand
}

/** Usage records in a table that is only ever appended to. */
export const sqliteLedger = ({ commits, availability, thread, searches, reports }: SqliteLedgerParts): Ledger => ({
  settle: (record) => commits.settle(record),
  trouble: () => availability.trouble,

  async find(id, keyId) {
    const row =
      (await thread.ask('find', id, keyId ?? null)) ??
      (await (await searches.open()).ask('findByUpstreamId', id, keyId ?? null))
    return row === undefined ? undefined : decodeRecord(row)
  },

  async totals({ by, since = Number.MIN_SAFE_INTEGER, until = Number.MAX_SAFE_INTEGER, keyId }) {
    const reader = await reports.open()
    return (await reader.ask('totals', by, since, until, keyId ?? null)).map(decodeTotals)
  },
})
