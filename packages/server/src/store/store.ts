import type { Counts, Outcome, PicoUsd, SpekaError, UsageRecord } from '@speka/core'
import type { Budgets } from '@speka/core/internal'
import type { Alerts } from './alerts.ts'
import type { Audit } from './audit.ts'
import type { BilledMonth, BilledUsage, BilledUsageQuery } from './billed-usage.ts'
import type { FaultsQuery, FaultTotals } from './faults.ts'
import type { Invoices } from './invoices.ts'
import type { NoticeBoard } from '../notices/notice-board.ts'
import type { RateDatabase } from './rate-database.ts'
import type { LedgerOwner } from './ledger-owner.ts'
import type { LedgerReport } from './ledger-report.ts'
import type { Refusals } from './refusals.ts'
import type { Registry } from './registry.ts'
import type { Replicas } from './replicas.ts'
import type { ResponseStore } from './responses.ts'
import type { SignInCodes } from './sign-in-codes.ts'
import type { TimesQuery, UsageTimes } from './usage-times.ts'

export { DEFAULT_ACCOUNT } from './default-account.ts'
export type { LedgerOwner } from './ledger-owner.ts'
export type { LedgerReport } from './ledger-report.ts'
export type { KeyRecord } from './records.ts'

/**
 * The one seam to durable state: what a database must offer to stand behind Speka. `describeStore` in
 * `store.contract.ts` says how each member behaves, and a new database is done when that suite is green.
 */
export interface Store {
  readonly ledger: Ledger
  readonly registry: Registry
  readonly audit: Audit
  readonly invoices: Invoices
  readonly replies: ReplyStore
  /** What callers go on with, where the operator has it kept. */
  readonly responses: ResponseStore
  /** How much of each limit on money is spent, and what of the rest is lent to this process. */
  readonly budgets: Budgets
  /** The rates that replicas share; absent: this machine has its own. */
  readonly rates?: RateDatabase | undefined
  readonly alerts: Alerts
  /** What limits have refused. */
  readonly refusals: Refusals
  /** The one-time codes by which people sign in. */
  readonly signInCodes: SignInCodes
  /** How those who share it tell each other what has happened; `undefined`: it is one machine's alone. */
  readonly notices?: StoreNotices | undefined
  /** Who shares it; `undefined`: it is one machine's alone. */
  readonly replicas?: Replicas | undefined
  /** Makes durable what was accepted, then lets go of the database. A second call waits for the first. */
  close(): Promise<void>
}

/** How processes that share a store tell each other what has happened. Changes of the registry are told by the store itself. */
export interface StoreNotices {
  readonly board: NoticeBoard
  /** Which gateway it is that they are replicas of: another one that shares an engine beside the store has another id. */
  readonly gateway: string
}

/** What is wanted of a store that is opened, and who is told what becomes of it. A database does with it what it can. */
export interface StoreOptions {
  /**
   * `strict`: a settled record survives the loss of power. `relaxed`: it is on disk 50 ms later, and a crash loses it.
   *
   * @default 'strict'
   */
  readonly durability?: Durability | undefined
  /**
   * Whether a store that is not there is an error rather than one to be made.
   *
   * @default false
   */
  readonly mustExist?: boolean | undefined
  /**
   * Whether other processes write to the same store all the time: then a write waits longer for its turn.
   *
   * @default false
   */
  readonly isShared?: boolean | undefined
  /** Whether this process is an owner of records from the start, rather than with its first. @default false */
  readonly settles?: boolean | undefined
  /**
   * The most that is kept of replies, in bytes.
   *
   * @default {@link MOST_REPLY_BYTES}
   */
  readonly replyBytes?: number | undefined
  /** Told of records counted as settled that could not be kept; only `relaxed` can lose any. */
  readonly onLoss?: ((error: SpekaError, records: number) => void) | undefined
  /** Told when the store is gone for good. Nothing can be stored from then on, so the process had better end. */
  readonly onCrash?: ((error: SpekaError) => void) | undefined
  /** Told why nothing can be recorded from now on, and with `undefined` that it is over. */
  readonly onAvailability?: ((trouble: SpekaError | undefined) => void) | undefined
  /**
   * How many records may wait on this machine's disk, and for how long, while a database of another process does not answer. What waits there
   * counts as settled.
   *
   * @default none may: then nothing is settled without the database
   */
  readonly spool?: SpoolBounds | undefined
  /** Told when records begin to wait on this machine's disk for a database that does not answer, and when all of them are in it. */
  readonly onSpool?: ((isHolding: boolean) => void) | undefined
  /** Whether to add records up as they come, and the old ones at the start. Else it happens when somebody asks. @default false */
  readonly follow?: boolean | undefined
  /**
   * How long a question waits until old records are added up, in ms.
   *
   * @default 2000
   */
  readonly foldWaitMs?: number | undefined
  /** Told how far it is, while many records are being added up. */
  readonly onFolding?: ((progress: Folding) => void) | undefined
  /** Told why records are not added up at the moment. They are kept all the same. */
  readonly onFoldingTrouble?: ((error: SpekaError) => void) | undefined
}

/** How far records may wait on the disk for their database. */
export interface SpoolBounds {
  readonly maxRows: number
  /** In ms. */
  readonly maxMs: number
}

/** How many of the ledger's records are in its sums. */
export interface Folding {
  readonly folded: number
  readonly total: number
}

/** A quarter of a gigabyte: some hundred thousand answers. */
export const MOST_REPLY_BYTES = 256 * 1024 * 1024

/** `strict`: a record counts as settled once it is on disk. `relaxed`: at once, and it is on disk 50 ms later. */
export type Durability = 'strict' | 'relaxed'

/** Usage records: appended once each, never changed, never deleted. */
export interface Ledger {
  /**
   * Resolves when the record is durable. The record's id makes it idempotent: settling an id again changes nothing.
   *
   * @throws SpekaError fit for callers: `storage_unavailable` when the record was not kept and trying again may help;
   *   `internal_error` when this record can never be kept.
   */
  settle(record: UsageRecord): Promise<void>
  /**
   * Why no record can be kept now, once one could not be: then nothing should be begun that would have to be recorded. The
   * store finds out by itself when that is over.
   */
  trouble(): SpekaError | undefined
  /**
   * The record of a request, by its request id or by the upstream's id of its answer; of several with one upstream id
   * the newest. With a `keyId`, only among the records of that key.
   *
   * @throws SpekaError `storage_unavailable` when old records are still being read, and it may be one of those.
   */
  find(id: string, keyId?: string): Promise<UsageRecord | undefined>
  /**
   * Sums by group, sorted by group, `undefined` first. Groups without a record are left out. Exact, and current: everything
   * that was settled before is in them.
   *
   * @throws SpekaError `invalid_value` for what cannot be asked together; `storage_unavailable` when old records are
   *   still being added up, with how far that is.
   */
  totals(query: UsageQuery): Promise<UsageTotals[]>
  /**
   * The {@link totals} of the same records, split several ways: in the order of `splits`.
   *
   * @throws SpekaError as {@link totals} does.
   */
  splits(query: SplitsQuery): Promise<UsageTotals[][]>
  /**
   * How long requests took, by day or by hour, the oldest first: current, as {@link totals} are. Days and hours without a
   * record are left out.
   *
   * @throws SpekaError `storage_unavailable` when old records are still being added up, with how far that is.
   */
  times(query: TimesQuery): Promise<UsageTimes[]>
  /**
   * How many requests ended in an error, by hour, model and whose fault it was, the oldest hour first: current, as {@link totals}
   * are.
   *
   * @throws SpekaError `storage_unavailable` when old records are still being added up, with how far that is.
   */
  faults(query: FaultsQuery): Promise<FaultTotals[]>
  /**
   * What an account used in a month, as an invoice has it: exact and current, as {@link totals} are. Requests whose charge is
   * unknown are in none of it.
   *
   * @throws SpekaError `storage_unavailable` when old records are still being added up, with how far that is.
   */
  billed(query: BilledUsageQuery): Promise<BilledUsage[]>
  /**
   * What the usage of each month cost an account, the oldest month first: the sums of {@link billed}. Months without a request
   * with a known charge are left out.
   */
  billedMonths(account: string, withoutKeys?: readonly string[]): Promise<BilledMonth[]>
  /**
   * Records, page by page.
   *
   * @param cursor where the page before ended: its `next`. Default: from the start.
   * @param limit how many at the most.
   * @throws SpekaError `invalid_value` with the param `after` when nobody has given out this cursor.
   */
  requests(filter: RequestFilter, cursor: string | undefined, limit: number): Promise<RequestPage>
  /** How far the sums are: what they lack is added up before anybody who asks for them is answered. */
  folding(): Promise<Folding>
  /** Adds up every record anew, and tells where the sums that are kept differ: none when all is well. */
  checkSums(): Promise<SumDifference[]>
  /** Throws away what is added up and makes it anew of the records. @returns of how many. */
  rebuildSums(): Promise<number>
  /** Everybody who has ever written records, the oldest first. */
  owners(): Promise<LedgerOwner[]>
  /**
   * Says that a process of this machine has ended, which somebody has seen: nothing more is taken in its name. One that has
   * not ended after all is refused once, and goes on as another owner.
   */
  endOwnersOf(pid: number): Promise<void>
  /** Looks at every row by itself: whether it is as it was written, and whether any is missing. Long with many. */
  verify(): Promise<LedgerReport>
}

/** Where what is kept is not what the records say. */
export interface SumDifference {
  /** Of which sums. */
  readonly table: string
  /** Of what: the hour, the account, the key … */
  readonly of: string
  /** Which sum: `requests`, `inputTokens` … */
  readonly value: string
  /** What is kept; `none` when nothing is. */
  readonly kept: string
  /** What the records say. */
  readonly rows: string
}

/** What usage can be added up by. */
export const usageGroups = [
  'key',
  'model',
  'day',
  'hour',
  'team',
  'environment',
  'member',
  'customer',
  'tag',
  'account',
  'provider',
] as const

/**
 * `key`, `account`, `customer`: by their ids. `model`, `provider`: those that answered. `day`, `hour`: of arrival, in UTC.
 * `team`, `environment`, `member`, `tag`: by what was on the key at that time; a request with several tags counts for each.
 */
export type UsageGroup = (typeof usageGroups)[number]

/** Which records to add up, and by what. */
export interface UsageQuery {
  /** One or several. With `customer` go only `account` and `day`, and the filters by these. */
  readonly by: UsageGroup | readonly UsageGroup[]
  /** Only records that arrived at this moment or later, in ms since the epoch. */
  readonly since?: number | undefined
  /** Only records that arrived before this moment, in ms since the epoch. */
  readonly until?: number | undefined
  /** Only records of this key. */
  readonly keyId?: string | undefined
  readonly account?: string | undefined
  readonly model?: string | undefined
  readonly provider?: string | undefined
  readonly customer?: string | undefined
  /** More groups than these are refused, before anything is done with them. Default: any number. */
  readonly most?: number | undefined
}

/** Which records to add up, and by what, each time anew. Customers have sums of their own: {@link Ledger.totals}. */
export interface SplitsQuery extends Omit<UsageQuery, 'by' | 'customer'> {
  readonly splits: readonly Exclude<UsageGroup, 'customer'>[]
}

/**
 * The sums over one group of usage records. A count nobody reported adds nothing to a sum. Of the counts, only those of
 * tokens are always there; the others where they occur.
 */
export interface UsageTotals extends Counts {
  /**
   * An id, a name, a day as `YYYY-MM-DD` or an hour as `YYYY-MM-DDTHH:00Z`; `undefined` for records that have none. Of a
   * query by several, the first.
   */
  readonly group: string | undefined
  /** Of a query by several: all, in its order. */
  readonly groups?: readonly (string | undefined)[] | undefined
  readonly requests: number
  /** Requests that ended in an error for the caller: outcome `failed` or `interrupted`. */
  readonly failed: number
  readonly inputTokens: number
  /** The part of `inputTokens` read from a cache. */
  readonly cachedInputTokens: number
  readonly outputTokens: number
  /** What the requests with a known charge cost. */
  readonly charge: PicoUsd
  /** Requests whose charge is unknown, and so missing from `charge`. */
  readonly unpriced: number
  /** What attempts cost the operator, as far as that is known. */
  readonly cost: PicoUsd
}

/** Which records to show. */
export interface RequestFilter {
  readonly account?: string | undefined
  readonly keyId?: string | undefined
  readonly customer?: string | undefined
  readonly session?: string | undefined
  readonly model?: string | undefined
  readonly provider?: string | undefined
  readonly outcome?: Outcome | undefined
  /** Only records that arrived at this moment or later, in ms since the epoch. */
  readonly since?: number | undefined
  /** Only records that arrived before this moment, in ms since the epoch. */
  readonly until?: number | undefined
  /** @default 'newest' */
  readonly first?: 'newest' | 'oldest' | undefined
}

export interface RequestPage {
  readonly records: readonly UsageRecord[]
  /** Where the next page begins; `undefined` at the end. */
  readonly next: string | undefined
}

/**
 * Answers that may be asked for again, each at a place of its own until a moment. Losing them loses no money and no record:
 * only a repetition is carried out again.
 */
export interface ReplyStore {
  /**
   * Takes a place, if nobody has it, for whoever is about to find the reply; else says who has it.
   *
   * @param claim.fingerprint of what is asked, so that another question at the same place is told apart.
   * @param claim.until when it is given up on, if nothing is kept by then; in ms since the epoch.
   */
  claim(place: string, claim: { fingerprint: string; now: number; until: number }): Promise<Claimed>
  /** Keeps the reply of a place that was claimed, until that moment. Older ones make room for it. */
  keep(place: string, reply: Uint8Array, until: number): Promise<void>
  /** Gives a claimed place up: who asks next may have it. */
  release(place: string): Promise<void>
}

/** What has become of a claim. */
export type Claimed =
  | { readonly state: 'yours' }
  | { readonly state: 'running'; readonly fingerprint: string }
  | { readonly state: 'kept'; readonly fingerprint: string; readonly reply: Uint8Array }
