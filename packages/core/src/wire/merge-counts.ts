import { isRecord } from '../json.ts'

type Counts = Readonly<Record<string, unknown>>

/**
 * Joins what a later event says of usage with what earlier ones said, in the upstream's own words. Running totals never
 * shrink to nothing: a count that the later event leaves out, or has as `null` or 0, stays as it was told before.
 */
export function mergeCounts(earlier: Counts, later: Counts): Counts {
  if (tellsAll(later, earlier)) return later
  const merged: Record<string, unknown> = { ...earlier }
  for (const [name, value] of Object.entries(later)) {
    const before = earlier[name]
    if (isRecord(value) && isRecord(before)) merged[name] = mergeCounts(before, value)
    else if (before == null || (value !== null && value !== 0)) merged[name] = value
  }
  return merged
}

/** Whether a later event tells anew all that earlier ones have told, as those do that count along. */
function tellsAll(later: Counts, earlier: Counts): boolean {
  for (const name in earlier) {
    const value = later[name]
    if (value !== earlier[name] && (value == null || value === 0 || isRecord(value))) return false
  }
  return true
}
