import type { BilledUsageQuery } from '../billed-usage.ts'
import type { FaultsQuery, FaultTotals } from '../faults.ts'
import type { BudgetWindow, SpentParts } from '../leases/spent-parts.ts'
import type { PricedUsage } from '../priced-usage.ts'
import type { Folding, RequestFilter, SumDifference, UsageGroup, UsageQuery } from '../store.ts'
import type { StoredRow, UnreadRow } from '../usage-record-table.ts'
import type { TimesQuery, UsageTimes } from '../usage-times.ts'
import type { PackedTotals } from './grouped-sums.ts'

/** What the thread that has the projections is asked. Each answer counts everything that was in the ledger before. */
export interface ProjectorQuestions {
  totals(query: ThreadQuery): Promise<PackedTotals>
  splits(query: ThreadSplits): Promise<PackedTotals[]>
  times(query: TimesQuery): Promise<UsageTimes[]>
  faults(query: FaultsQuery): Promise<FaultTotals[]>
  billed(query: BilledUsageQuery): Promise<PricedUsage[]>
  billedMonths(account: string, withoutKeys: readonly string[]): Promise<PricedMonth[]>
  requests(filter: RequestFilter, after: PagePlace | undefined, limit: number): Promise<FoundPage>
  findByUpstreamId(id: string, keyId: string | undefined): Promise<StoredRow | undefined>
  /**
   * What was spent of budgets. Rows are caught up with only where one has no final sum of what was spent before rows named it.
   *
   * @param isWindowWanted whether to add that up even where it is final.
   */
  spent(windows: readonly BudgetWindow[], isWindowWanted: boolean): Promise<SpentParts[]>
  /** How far the sums are, without waiting for more. */
  folding(): Promise<Folding>
  /** Where the sums differ from the rows. */
  checkSums(): Promise<SumDifference[]>
  /** Makes everything anew, and waits for it. @returns How many rows there were. */
  rebuild(): Promise<number>
}

/** A query with its groups as a list. */
export type ThreadQuery = Omit<UsageQuery, 'by'> & { readonly by: readonly UsageGroup[] }

/** A query with several lists of groups: the same usage, split each time by another. */
export type ThreadSplits = Omit<UsageQuery, 'by'> & { readonly splits: readonly (readonly UsageGroup[])[] }

/** What the usage of a month cost. */
export interface PricedMonth {
  readonly month: string
  readonly requests: number
  readonly charge: bigint
}

/** Where a page ended: the record's arrival, and its row. */
export interface PagePlace {
  readonly time: number
  readonly owner: number
  readonly n: number
}

export interface FoundPage {
  readonly rows: readonly UnreadRow[]
  readonly next: PagePlace | undefined
}
