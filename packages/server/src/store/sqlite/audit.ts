import type { Audit } from '../audit.ts'
import type { SqliteThread } from './start-thread.ts'
import type { ThreadOnDemand } from './thread-on-demand.ts'

/**
 * The audit in a table that is only ever appended to.
 *
 * @param reports where all of it is read, which takes long.
 */
export const sqliteAudit = (thread: SqliteThread, reports: ThreadOnDemand): Audit => ({
  list: ({ since = Number.MIN_SAFE_INTEGER, after = 0, account = null, limit = ALL } = {}) =>
    thread.ask('listAudit', since, after, account, limit),
  verify: async () => (await reports.open()).ask('verifyAudit'),
})

/** As SQLite's `LIMIT` has it. */
const ALL = -1
