import type { RateKind } from '../limit.ts'

/** How a rate is counted. */
export interface RateCounting {
  /** What its caller is told of in `x-ratelimit-*`; `undefined`: of nothing, for it has no window. */
  readonly of: 'requests' | 'tokens' | undefined
  /** How long what it counts goes on counting, in ms. Of what is under way: no longer. */
  readonly spanMs: number
  /** Above {@link EXACT_RATE}, how much of that is counted together, in ms. */
  readonly bucketMs: number
  /** The window as an error tells it. */
  readonly window: 'minute' | 'day' | 'parallel'
  /** How it is said to people: of what, and behind that in which time. */
  readonly one: string
  readonly during: string
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

export const rateCounting: Record<RateKind, RateCounting> = {
  rpm: { of: 'requests', spanMs: MINUTE_MS, bucketMs: 100, window: 'minute', one: 'request', during: 'a minute' },
  rpd: { of: 'requests', spanMs: DAY_MS, bucketMs: MINUTE_MS, window: 'day', one: 'request', during: 'in 24 hours' },
  tpm: { of: 'tokens', spanMs: MINUTE_MS, bucketMs: 1000, window: 'minute', one: 'token', during: 'a minute' },
  max_parallel: {
    of: undefined,
    spanMs: 0,
    bucketMs: 0,
    window: 'parallel',
    one: 'request',
    during: 'at the same time',
  },
}

/** Up to this many requests in a window the time of each is kept; above it, and for tokens, buckets. */
export const EXACT_RATE = 120

/** Slots that are handed out together are used within this long of the moment at which they were asked for, in ms. */
export const USABLE_MS = 245

/** So much longer they count, in ms: the last 5 are for the clock of who uses them. */
export const BEYOND_MS = 250

/** What a rate is in {@link USABLE_MS}, and one at the least: as many slots are handed out, or written down, together. */
export function shareOf(kind: RateKind, rate: number): number {
  const { spanMs } = rateCounting[kind]
  return spanMs === 0 ? 1 : Math.ceil((rate * USABLE_MS) / spanMs)
}

/** Nobody can tell when a request that is under way will end: so long is worth waiting, in ms. */
export const PARALLEL_WAIT_MS = 1000

/** A rate in words: `1 request a minute`, `200 tokens a minute`. */
export function spokenRate(kind: RateKind, amount: number): string {
  const { one, during } = rateCounting[kind]
  return `${amount} ${amount === 1 ? one : `${one}s`} ${during}`
}
