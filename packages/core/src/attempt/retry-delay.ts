import type { Random } from '../clock.ts'

const BASE_MS = 500
const LONGEST_MS = 5000
/** What an upstream may make us hold a caller for; beyond it the caller is told to come back instead. */
const PATIENCE_MS = 10_000

/**
 * How long to wait before trying the same target again, in ms: as long as the upstream asked, else 0.5 s doubling to 5 s,
 * spread by ±20 % so that callers do not come back together.
 *
 * @param retries how often this request has waited before.
 * @returns `undefined` when the upstream asks for more patience than a caller should have.
 */
export function retryDelay(retries: number, retryAfterMs: number | undefined, random: Random): number | undefined {
  if (retryAfterMs !== undefined) return retryAfterMs <= PATIENCE_MS ? retryAfterMs : undefined
  return Math.round(Math.min(BASE_MS * 2 ** retries, LONGEST_MS) * (0.8 + 0.4 * random()))
}
