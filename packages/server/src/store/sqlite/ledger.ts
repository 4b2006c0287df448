import type { Availability } from '../availability.ts'
import type { GroupCommit } from '../group-commit.ts'
import { projectedLedger } from '../projections/projected-ledger.ts'
import type { ProjectorThread } from '../projections/projector-thread.ts'
import type { Ledger } from '../store.ts'
import type { RowText } from '../usage-record-table.ts'
import { decodeRecord } from '../usage-row.ts'
import type { SqliteThread } from './start-thread.ts'
import type { ThreadOnDemand } from './thread-on-demand.ts'
import { verifyOnThread } from './verify.ts'

/** What a ledger in a SQLite file works with. */
export interface SqliteLedgerParts {
  readonly commits: GroupCommit<RowText>
  readonly availability: Availability
  /** Where records are committed, and found by their id. */
  readonly thread: SqliteThread
  /** Where everything else is found and added up: no commit ever waits behind that. */
  readonly projector: ProjectorThread
  /** Where every row is looked at, which takes long. */
  readonly reports: ThreadOnDemand
}

/** Usage records in a table that is only ever appended to. */
export const sqliteLedger = ({ commits, availability, thread, projector, reports }: SqliteLedgerParts): Ledger => ({
  ...projectedLedger(projector),

  settle: (record) => commits.settle(record),
  trouble: () => availability.trouble,

  async find(id, keyId) {
    const row = (await thread.ask('find', id, keyId ?? null)) ?? (await projector.ask('findByUpstreamId', id, keyId))
    return row === undefined ? undefined : decodeRecord(row)
  },

  owners: () => thread.ask('owners'),
  endOwnersOf: (pid) => thread.ask('endOwnersOf', pid),
  verify: async () => verifyOnThread(await reports.open()),
})
