/**
 * What one answer consumed. Every count is a non-negative integer, or `undefined` when nobody said: unknown is not zero.
 */
export interface Usage {
  /** Tokens of the prompt, cached ones included, as OpenAI counts them. */
  readonly inputTokens?: number | undefined
  /** The part of `inputTokens` that the provider read from its cache. */
  readonly cachedInputTokens?: number | undefined
  /** Tokens of the answer, reasoning included. */
  readonly outputTokens?: number | undefined
  /** The part of `outputTokens` spent on reasoning. */
  readonly reasoningTokens?: number | undefined
  /** Images made. */
  readonly images?: number | undefined
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
  return {
    inputTokens: latest(earlier.inputTokens, later.inputTokens),
    cachedInputTokens: latest(earlier.cachedInputTokens, later.cachedInputTokens),
    outputTokens: latest(earlier.outputTokens, later.outputTokens),
    reasoningTokens: latest(earlier.reasoningTokens, later.reasoningTokens),
    images: latest(earlier.images, later.images),
    estimated: later.estimated ?? earlier.estimated,
    capped: later.capped ?? earlier.capped,
  }
}

const latest = (earlier: number | undefined, later: number | undefined): number | undefined =>
  later === undefined || later === 0 ? (earlier ?? later) : later

/** Whether a later frame says all that earlier ones have said, so that nothing of them is still needed. */
export const tellsAll = (later: Usage, earlier: Usage): boolean =>
  COUNTS.every((count) => (earlier[count] ?? 0) === 0 || (later[count] ?? 0) > 0)

const COUNTS = ['inputTokens', 'cachedInputTokens', 'outputTokens', 'reasoningTokens', 'images'] as const
