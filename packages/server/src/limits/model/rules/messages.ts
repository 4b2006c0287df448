/** One life of one process that settles. Never used again. */
export type OwnerId = number
/** One limit on money in one of its windows. */
export type BudgetId = string
export type RequestId = string
/** Whole units of money: pico-dollars, `bigint`, outside of the model. */
export type Amount = number
export type Amounts = ReadonlyMap<BudgetId, Amount>

/** What one request charged; the same sum in each budget that it counts in. */
export interface Row {
  readonly id: RequestId
  readonly budgets: readonly BudgetId[]
  readonly charge: Amount
  /** Only where an owner numbers its rows itself, which the rules forbid. */
  readonly n?: number
}

/** What a waiting request lacks beside what its owner has idle. */
export interface Want {
  readonly request: RequestId
  readonly lacks: Amounts
}

export interface LeaseCall {
  readonly kind: 'lease'
  readonly owner: OwnerId
  /** Counts up within the owner's life. */
  readonly call: number
  /** All that the owner was ever granted, what its rows charged included, less what it gave and gives back. */
  readonly has: Amounts
  /** What of it goes back with this call. */
  readonly gives: Amounts
  readonly wants: readonly Want[]
}

/** What owners say to the store. */
export type Ask =
  | { readonly kind: 'register'; readonly boot: number }
  | { readonly kind: 'beat'; readonly owner: OwnerId }
  | LeaseCall
  | { readonly kind: 'settle'; readonly owner: OwnerId; readonly rows: readonly Row[] }
  | { readonly kind: 'replay'; readonly owner: OwnerId; readonly rows: readonly Row[] }
  | { readonly kind: 'retire'; readonly owner: OwnerId }

/** An owner with money left of a budget, by the store's books. */
export interface Holder {
  readonly owner: OwnerId
  /** Granted, less what its rows charged. */
  readonly left: Amount
  /** Counts the grants of this budget to this owner. */
  readonly number: number
  /** Counts what the store has heard of it. */
  readonly heard: number
  readonly lost: boolean
}

/** A want that could not be granted: what each of its budgets looks like when the call is done. */
export interface Denied {
  readonly request: RequestId
  readonly budgets: ReadonlyMap<BudgetId, { readonly room: Amount; readonly holders: readonly Holder[] }>
}

export interface Leased {
  readonly kind: 'leased'
  readonly call: number
  /** What the owner has now, of every budget. */
  readonly granted: Amounts
  readonly numbers: ReadonlyMap<BudgetId, number>
  readonly denied: readonly Denied[]
}

export type Reply =
  | { readonly kind: 'registered'; readonly owner: OwnerId }
  | { readonly kind: 'alive' }
  | { readonly kind: 'fenced' }
  | Leased
  | { readonly kind: 'settled'; readonly ids: readonly RequestId[] }
  | { readonly kind: 'retired' }

/** Sent to each holder before a request is refused; `from` 0 is the store, which wants no answer. */
export interface Recall {
  readonly id: number
  readonly from: OwnerId
  readonly budget: BudgetId
}

export interface RecallAnswer {
  readonly recall: Recall
  readonly owner: OwnerId
  readonly says: 'nothing idle' | 'returned'
  /** The last grant of this budget that the owner knows of. */
  readonly number: number
}
