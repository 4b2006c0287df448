import type { UsageRecord } from '@speka/core'
import type { MemoryBudgets } from '@speka/core/internal'
import type { LabelSet, Registry } from '../registry.ts'
import { DEFAULT_ACCOUNT, type Ledger } from '../store.ts'
import { billedMonthsOf, billedOf } from './billed-usage.ts'
import { compare } from './compare.ts'
import { faultsOf } from './faults.ts'
import type { MemoryOwners } from './owners.ts'
import { pageOf } from './requests.ts'
import { timesOf } from './usage-times.ts'
import { addUp, type LabelsOf } from './usage-totals.ts'
import type { Use } from './use.ts'

/** What a ledger in memory works with. */
export interface MemoryLedgerParts {
  readonly records: Map<string, UsageRecord>
  readonly owners: MemoryOwners
  /** Told what each record charges. */
  readonly books: MemoryBudgets
  /** Tells the labels that records carry by number. */
  readonly registry: Pick<Registry, 'labelSet'>
}

/** Usage records in a map. */
export function memoryLedger(use: Use, { records, owners, books, registry }: MemoryLedgerParts): Ledger {
  async function labelsOfAll(): Promise<LabelsOf> {
    const ids = new Set([...records.values()].map(({ labels = 0 }) => labels))
    const sets = new Map<number, LabelSet | undefined>()
    for (const id of ids) sets.set(id, await registry.labelSet(id))
    return (id) => sets.get(id) ?? {}
  }

  return {
    settle: (record) =>
      use(() => {
        const owner = owners.alive()
        if (records.has(record.id)) return
        records.set(record.id, { ...record, account: record.account ?? DEFAULT_ACCOUNT })
        owner.rows += 1
        books.charge(owner.id, record.budgets, record.charge)
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

    async totals(query) {
      const labels = await labelsOfAll()
      return use(() => addUp(records.values(), query, labels))
    },

    faults: (query) => use(() => faultsOf(records.values(), query)),

    async splits({ splits, ...query }) {
      const labels = await labelsOfAll()
      return use(() => splits.map((by) => addUp(records.values(), { ...query, by }, labels)))
    },

    times: (query) => use(() => timesOf(records.values(), query)),

    async billed(query) {
      const labels = await labelsOfAll()
      return use(() => billedOf(records.values(), query, labels))
    },

    billedMonths: (account, withoutKeys) => use(() => billedMonthsOf(records.values(), account, withoutKeys)),

    // Added up whenever somebody asks, so nothing is kept that could differ.
    folding: () => use(() => ({ folded: records.size, total: records.size })),
    checkSums: () => use(() => []),
    rebuildSums: () => use(() => records.size),

    requests: (filter, cursor, limit) => use(() => pageOf(records.values(), filter, cursor, limit)),

    owners: () => use(() => owners.list()),

    endOwnersOf: (pid) => use(() => owners.endOf(pid)),

    // Nobody can change them but this process.
    verify: () => use(() => ({ rows: records.size, problems: [] })),
  }
}
