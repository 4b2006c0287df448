import { picoUsd, SpekaError, type UsageRecord } from '@speka/core'
import type { Availability } from '../availability.ts'
import type { GroupCommit } from '../group-commit.ts'
import { billedUsage } from '../priced-usage.ts'
import { readCursor, writeCursor } from '../request-cursor.ts'
import type { Ledger } from '../store.ts'
import { groupsAsked } from '../usage-groups.ts'
import type { ProjectorThread } from './projections/start-projector.ts'
import type { SqliteThread } from './start-thread.ts'
import type { RowText, UnreadRow } from '../usage-record-table.ts'
import { decodeRecord, readRow } from '../usage-row.ts'
import type { ThreadOnDemand } from './thread-on-demand.ts'
import { totalsOf } from './usage-totals.ts'
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
  settle: (record) => commits.settle(record),
  trouble: () => availability.trouble,

  async find(id, keyId) {
    const row = (await thread.ask('find', id, keyId ?? null)) ?? (await projector.ask('findByUpstreamId', id, keyId))
    return row === undefined ? undefined : decodeRecord(row)
  },

  async totals(query) {
    const by = groupsAsked(query)
    return totalsOf(query, await projector.ask('totals', { ...query, by }))
  },

  async splits({ splits, ...query }) {
    const packed = await projector.ask('splits', { ...query, splits: splits.map((by) => [by]) })
    return splits.flatMap((by, index) => {
      const one = packed[index]
      return one === undefined ? [] : [totalsOf({ ...query, by }, one)]
    })
  },

  times: (query) => projector.ask('times', query),

  faults: (query) => projector.ask('faults', query),

  billed: async (query) => billedUsage(await projector.ask('billed', query)),
  async billedMonths(account, withoutKeys = []) {
    const months = await projector.ask('billedMonths', account, withoutKeys)
    return months.map(({ charge, ...month }) => ({ ...month, charge: picoUsd(charge) }))
  },

  folding: () => projector.ask('folding'),
  checkSums: () => projector.ask('checkSums'),
  rebuildSums: () => projector.ask('rebuild'),

  async requests(filter, cursor, limit) {
    const [time, owner, n] = cursor === undefined ? [] : readCursor(cursor, ['number', 'number', 'number']).map(Number)
    const after = time === undefined ? undefined : { time, owner: owner ?? 0, n: n ?? 0 }
    const { rows, next } = await projector.ask('requests', filter, after, limit)
    return {
      records: rows.map(recordOf),
      next: next === undefined ? undefined : writeCursor([next.time, next.owner, next.n]),
    }
  },

  owners: () => thread.ask('owners'),
  endOwnersOf: (pid) => thread.ask('endOwnersOf', pid),
  verify: async () => verifyOnThread(await reports.open()),
})

/** @throws SpekaError `storage_unavailable` for a row that is not as it was written */
function recordOf(row: UnreadRow): UsageRecord {
  try {
    return decodeRecord(readRow(row))
  } catch (cause) {
    const message = `Row ${row.n} of owner ${row.owner} is damaged. "speka ledger verify" names every row that is.`
    throw new SpekaError('storage_unavailable', message, { cause })
  }
}
