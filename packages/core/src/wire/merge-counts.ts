import { isRecord } from '../json.ts'

type Counts = Readonly<Record<string, unknown>>

/**
 * Joins what a later event says of usage with what earlier ones said, in the upstream's own words. Running totals never
 * shrink to nothing: a count that the later event leaves out, or has as `null` or 0, stays as it was told before.
 */
export function mergeCounts(earlier: Counts, later: Counts): Counts {
  const merged: Record<string, unknown> = { ...earlier }
  for (const [name, value] of Object.entries(later)) {
    const before = earlier[name]
    if (isRecord(value) && isRecord(before)) merged[name] = mergeCounts(before, value)
    else if (before == null || (value !== null && value !== 0)) merged[name] = value
  }
  return merged
}
