import type { UsageRecord } from '@speka/core'
import { DEFAULT_ACCOUNT, type Ledger } from '../store.ts'
import { compare } from './compare.ts'
import { pageOf } from './requests.ts'
import { addUp } from './usage-totals.ts'
import type { Use } from './use.ts'

/** Usage records in a map. */
export function memoryLedger(use: Use): Ledger {
  const records = new Map<string, UsageRecord>()
  return {
    settle: (record) =>
      use(() => {
        if (!records.has(record.id)) records.set(record.id, { ...record, account: record.account ?? DEFAULT_ACCOUNT })
      }),

    trouble: () => undefined,

    find: (id, keyId) =>
      use(() => {
        const visible = (record: UsageRecord | undefined) =>
          record !== undefined && (keyId === undefined || record.keyId === keyId)
        const exact = records.get(id)
        if (visible(exact)) return exact
        return [...records.values()]
          .filter((record) => record.upstreamId === id && visible(record))
          .sort((a, b) => b.createdAt - a.createdAt || compare(b.id, a.id))[0]
      }),

    // Labels stand in the registry, and the registry here has none yet.
    totals: (query) => use(() => addUp(records.values(), query, () => ({}))),

    requests: (filter, cursor, limit) => use(() => pageOf(records.values(), filter, cursor, limit)),
  }
}
