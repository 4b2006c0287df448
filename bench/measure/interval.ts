import { median } from './statistics.ts'

/** A median, and where the true one lies with 95 % certainty. */
export interface Interval {
  readonly median: number
  readonly low: number
  readonly high: number
  /** How many values there were. */
  readonly values: number
}

/**
 * The median of values and its interval by order statistics, which asks nothing of how they are distributed: between the k-th
 * least and the k-th greatest, k as large as 95 % allows. Too few values for 95 %: from the least to the greatest. `undefined`
 * for none.
 */
export function intervalOfMedian(values: readonly number[]): Interval | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const count = sorted.length
  if (count === 0) return undefined
  const k = rankFor(count)
  return { median: median(sorted), low: sorted[k - 1] ?? NaN, high: sorted[count - k] ?? NaN, values: count }
}

/** The greatest k such that fewer than k of `count` tosses of a coin are heads in at most 2.5 % of all cases; at least 1. */
function rankFor(count: number): number {
  let probability = 0.5 ** count
  let below = probability
  let k = 0
  while (below <= 0.025) {
    k += 1
    probability *= (count - k + 1) / k
    below += probability
  }
  return Math.max(k, 1)
}
