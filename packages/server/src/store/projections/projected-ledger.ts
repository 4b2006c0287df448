import { picoUsd, SpekaError, type UsageRecord } from '@speka/core'
import { billedUsage } from '../priced-usage.ts'
import { readCursor, writeCursor } from '../request-cursor.ts'
import type { Ledger } from '../store.ts'
import { groupsAsked } from '../usage-groups.ts'
import type { UnreadRow } from '../usage-record-table.ts'
import { readRow } from '../read-row.ts'
import { decodeRecord } from '../usage-row.ts'
import type { ProjectorThread } from './projector-thread.ts'
import { totalsOf } from './usage-totals.ts'

/** What of a ledger is answered from its projections. */
export type ProjectedLedger = Pick<
  Ledger,
  | 'totals'
  | 'splits'
  | 'times'
  | 'faults'
  | 'billed'
  | 'billedMonths'
  | 'requests'
  | 'folding'
  | 'checkSums'
  | 'rebuildSums'
>

export const projectedLedger = (projector: ProjectorThread): ProjectedLedger => ({
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
