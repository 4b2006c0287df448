import { countNames, type Counts } from './units.ts'

/**
 * What one answer consumed. Every count is a non-negative integer, or `undefined` when nobody said: unknown is not zero.
 * The tokens of a prompt include cached ones, and those of an answer include reasoning, as OpenAI counts them.
 */
export interface Usage extends Counts {
  /**
   * The tier in which the upstream says it has served the request, in its own word: `default`, `flex`, `priority`, `batch` …
   * It need not be the one that was asked for.
   */
  readonly serviceTier?: string | undefined
  /** Whether some of the counts are the gateway's own guess, where the provider did not say. */
  readonly estimated?: boolean | undefined
  /**
   * Whether the provider said more than the call can have used, or may cost: the counts and the charge are then the most
   * that is possible.
   */
  readonly capped?: boolean | undefined
}

/** Nothing known yet. */
export const unknownUsage: Usage = Object.freeze({})

/**
 * Joins the counts of a later frame with those of earlier ones. Providers repeat running totals, so the later count
 * replaces the earlier; a count the later frame leaves out, or has as 0, stays: what was told does not become nothing.
 */
export function mergeUsage(earlier: Usage, later: Usage): Usage {
  if (earlier === unknownUsage) return later
  const merged: { -readonly [Field in keyof Usage]: Usage[Field] } = { ...earlier }
  for (const count of countNames) {
    const told = later[count]
    if (told !== undefined && (told !== 0 || merged[count] === undefined)) merged[count] = told
  }
  merged.serviceTier = later.serviceTier ?? earlier.serviceTier
  merged.estimated = later.estimated ?? earlier.estimated
  merged.capped = later.capped ?? earlier.capped
  return merged
}

/** Whether a later frame says all that earlier ones have said, so that nothing of them is still needed. */
export const tellsAll = (later: Usage, earlier: Usage): boolean =>
  countNames.every((count) => (earlier[count] ?? 0) === 0 || (later[count] ?? 0) > 0)
