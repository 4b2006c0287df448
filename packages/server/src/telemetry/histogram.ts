/** Upper bounds of the buckets, in seconds: from the gateway's own work to the longest answers. */
export const BOUNDS_S = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
] as const

/** How often durations fell between the bounds. Plain data, so that it can cross to another process. */
export interface Histogram {
  /** One more than there are bounds: the last is for what lies beyond. */
  readonly counts: number[]
  sumS: number
}

export const emptyHistogram = (): Histogram => ({ counts: Array<number>(BOUNDS_S.length + 1).fill(0), sumS: 0 })

/** Counts one duration, in ms. */
export function observe(histogram: Histogram, ms: number): void {
  const seconds = ms / 1000
  let at = 0
  while (at < BOUNDS_S.length && seconds > (BOUNDS_S[at] ?? Infinity)) at += 1
  histogram.counts[at] = (histogram.counts[at] ?? 0) + 1
  histogram.sumS += seconds
}

/** Adds `other` to `histogram`. */
export function addHistogram(histogram: Histogram, other: Histogram): void {
  for (const [at, count] of other.counts.entries()) histogram.counts[at] = (histogram.counts[at] ?? 0) + count
  histogram.sumS += other.sumS
}
