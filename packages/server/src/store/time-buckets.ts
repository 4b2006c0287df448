/** Four buckets to each doubling: a percentile read from them is at most a tenth off. */
const PER_DOUBLING = 4

/** How many times fell into each bucket, by its number. Two of the same kind are added up bucket by bucket. */
export type TimeBuckets = Map<number, number>

/** The bucket of a time in ms. What took no time, or less than a hundredth, is in the lowest. */
const bucketOf = (ms: number): number => Math.floor(Math.log2(Math.max(ms, 0.01)) * PER_DOUBLING)

export const countTime = (buckets: TimeBuckets, ms: number): void => addTo(buckets, bucketOf(ms), 1)

/** Adds the second to the first. */
export function mergeTimes(buckets: TimeBuckets, more: Iterable<readonly [number, number]>): void {
  for (const [bucket, count] of more) addTo(buckets, bucket, count)
}

/** As they are kept: JSON, sorted, so that equal ones are equal texts. */
export const writeTimes = (buckets: TimeBuckets): string => JSON.stringify([...buckets].sort(([a], [b]) => a - b))

export const readTimes = (text: string): TimeBuckets => new Map(JSON.parse(text) as [number, number][])

function addTo(buckets: TimeBuckets, bucket: number, count: number): void {
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + count)
}

/**
 * The time in ms that a share of those counted did not go beyond, as near as buckets tell; `undefined`: none was counted.
 *
 * @param share 0.5 for the median, 0.95 for the 95th percentile
 */
export function timeAt(buckets: TimeBuckets, share: number): number | undefined {
  const all = [...buckets].sort(([a], [b]) => a - b)
  const total = all.reduce((sum, [, count]) => sum + count, 0)
  let below = 0
  for (const [bucket, count] of all) {
    below += count
    if (below >= total * share) return middleOf(bucket)
  }
  return undefined
}

/** In the middle of a bucket, as its width is reckoned. */
const middleOf = (bucket: number): number => 2 ** ((bucket + 0.5) / PER_DOUBLING)
