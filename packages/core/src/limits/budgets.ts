import type { PicoUsd } from '../money.ts'
import type { AppliedMoney } from './limit.ts'

/** One limit on money in one of its windows. */
export interface Budget {
  /** Its place and the start of its window: the same in every process. */
  readonly id: string
  readonly applied: AppliedMoney
  /** In ms since the epoch; of a lifetime 0, and `Infinity`. */
  readonly startsAt: number
  readonly endsAt: number
  /** The cap in force, as far as this process knows: the one of the highest {@link Limit.revision} counts. */
  readonly cap: PicoUsd
}

/** One life of one process that settles. Never used again. */
export type OwnerId = number

/** What an owner has of a budget, what it has given back taken off. */
export interface Holding {
  readonly budget: Budget
  /** All that it was lent and has not given back, what its rows charged included. */
  readonly granted: PicoUsd
  /** Of that, what is set aside for requests under way: told so that it can be shown. */
  readonly held: PicoUsd
  /**
   * The owner lets go of this lease: nothing is set aside, nothing is idle, and no row is on its way. What its rows charged counts as
   * spent, and no lease is left; where there is none, nothing happens. These come first: the same call may name the budget once more,
   * for a new lease of it.
   */
  readonly ends?: true
}

/**
 * What one waiting request lacks beside what is idle, in all its budgets: all is granted, or nothing. To lack nothing is never too much:
 * that makes a lease, and so a number for rows, whatever is left.
 */
export interface Want {
  readonly lacks: readonly { readonly budget: Budget; readonly amount: PicoUsd }[]
}

export interface LeaseCall {
  /** Counts up within an owner's life: one that comes after a later one is not carried out. */
  readonly number: number
  /**
   * What it has of every budget that it wants, gives back or lets go of, and that earlier calls without an answer named. Of a budget
   * that is not named it has what it had.
   */
  readonly has: readonly Holding[]
  readonly wants: readonly Want[]
}

/** What an owner has then. */
export interface Lease {
  readonly budgetId: string
  /** By which rows of the ledger say that they count in this budget. */
  readonly budgetNumber: number
  readonly granted: PicoUsd
  /** Grows with the grants: while it is the same, nothing was granted since. */
  readonly grants: number
  /**
   * By how much the room is below zero, since a cap came down or more was found to be spent: as much as is idle is to be given back.
   * Nothing, most of the time.
   */
  readonly recalled: PicoUsd
}

/** Another owner that is not dead, with more granted than charged. */
export interface Holder {
  readonly owner: OwnerId
  /** What it was granted, less what its rows charged: what it might have idle. */
  readonly left: PicoUsd
  readonly grants: number
  /** Grows whenever the store hears of it: who was silent and has been heard since is no longer. */
  readonly heard: number
}

/** Of a want that was not granted, each budget that had too little. */
export interface Shortage {
  readonly budgetId: string
  /** The cap, less what every owner was granted, or has charged where that is more. Below zero after a cap came down. */
  readonly room: PicoUsd
  readonly holders: readonly Holder[]
}

export interface LeaseReply {
  /**
   * When it is another than before, this process was taken for ended, and its leases have returned. Then nothing of the call was carried
   * out: `has` is empty, no want was granted, and each list of shortages is empty.
   */
  readonly owner: OwnerId
  /** Of every budget that the call named, in any order, but for those that it let go of; one that is missing has no lease. */
  readonly has: readonly Lease[]
  /** As many as there were wants, in their order; `undefined` for one that was granted. */
  readonly shortages: readonly (readonly Shortage[] | undefined)[]
}

/** What a process has set aside of a budget, where that is not what it last said. */
export interface HeldNews {
  readonly budgetNumber: number
  readonly held: PicoUsd
}

/** Who can say what a process has set aside, at any time. */
export interface HoldingProcess {
  held(budgetId: string): PicoUsd
  /** Of every lease of which it has changed since it was last told. Not asked again before {@link newsHeard}. */
  news(): readonly HeldNews[]
  /** Whether the store has heard the last news: if that is not sure, they are told anew, as they are by then. */
  newsHeard(isSure: boolean): void
  /** The store has answered something else than a call: it is there, and whoever waits for the answer to a call goes on waiting. */
  storeAnswered(): void
}

/** How much of a budget is spent, and by whom it is held. */
export interface BudgetStanding {
  readonly spent: PicoUsd
  /** Set aside for requests under way by all owners, as far as the store has heard. */
  readonly held: PicoUsd
}

/**
 * The store's side of leases: a slice of each budget is lent to each owner, which admits from it in memory. `describeBudgets` in
 * `budgets.contract.ts` says how each member behaves. One owner behind each object: the process that settles.
 */
export interface Budgets {
  /**
   * Carries out one lease call in one transaction, behind every row that this process has handed to the ledger before.
   *
   * @throws SpekaError `storage_unavailable` when it was not carried out, or nobody knows; the next call says again what it has.
   */
  exchange(call: LeaseCall): Promise<LeaseReply>
  /**
   * Whether the store is sure to keep this process's leases for it, by a monotonic clock: looked at before each admission, so it costs
   * next to nothing. Absent where a lease ends with its process and no sooner. While it is not, nothing is admitted; the answer to a
   * lease call, which is to be made then, says what this process has.
   */
  readonly trusted?: () => boolean
  /** Whom to ask what is set aside between two calls, so that it can be shown. Absent: calls alone tell it. */
  asks?(process: HoldingProcess): void
  /** What is spent of budgets, exactly, those included that nobody has ever asked for. */
  standing(budgets: readonly Budget[]): Promise<BudgetStanding[]>
}

/** What a holder says when it is asked to give back what it has idle. */
export type RecallAnswer =
  | { readonly said: 'nothing idle'; readonly grants: number }
  /** Acknowledged by the store already. */
  | { readonly said: 'returned'; readonly grants: number }

/** How owners of several processes reach each other. A process on its own reaches nobody. */
export interface RecallLine {
  /** Resolves with `undefined` when nobody has answered for so long that it is silent, at once when it cannot be reached. */
  recall(owner: OwnerId, budgetId: string): Promise<RecallAnswer | undefined>
  /** Answers what others recall from this process. */
  serve(answer: (budgetId: string) => Promise<RecallAnswer>): void
  /** Says under which id this process is reached; again when it has become another owner. */
  known(owner: OwnerId): void
}
