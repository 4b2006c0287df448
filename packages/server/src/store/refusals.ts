/** Requests of one key that one limit has refused in one minute. */
export interface Refused {
  /** When it began, in ms since the epoch. */
  readonly minute: number
  readonly account: string
  readonly keyId: string
  readonly limitId: string
  /** Whose limit it is, as its callers are told. */
  readonly subject: string
  /** What it limits, and in which window: `usd` and `month`, `rpm` and `minute`. */
  readonly kind: string
  readonly window: string
  /** How many requests. */
  readonly refused: number
}

/** The same as it is kept. */
export interface KeptRefused extends Refused {
  /** Grows in the order in which they were first counted. */
  readonly n: number
}

export interface RefusalQuery {
  /** Only minutes that began at this moment or later, in ms since the epoch. */
  readonly since?: number | undefined
  /** Only those before the one with this number. */
  readonly after?: number | undefined
  readonly account?: string | undefined
  readonly keyId?: string | undefined
  readonly limitId?: string | undefined
  /** At most so many. Default: all. */
  readonly limit?: number | undefined
}

/** How long counts are kept, in ms: 30 days. */
export const REFUSALS_KEPT_MS = 30 * 86_400_000

/** How many counts are kept: the oldest make room. */
export const MOST_REFUSALS = 200_000

/**
 * Who was refused by which limit, and when. `describeRefusals` in `refusals.contract.ts` says how each member behaves. No request
 * waits for it.
 */
export interface Refusals {
  /** Adds to what has been counted, by any process, and forgets what was kept long enough. All or nothing. */
  count(refused: readonly Refused[]): Promise<void>
  /** The newest first. */
  list(query?: RefusalQuery): Promise<KeptRefused[]>
  /** How many requests each limit has refused, by its id, in minutes that began at a moment or later, in ms since the epoch. */
  byLimit(since: number): Promise<ReadonlyMap<string, number>>
}
