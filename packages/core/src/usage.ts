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
}

/** Nothing known yet. */
export const unknownUsage: Usage = Object.freeze({})

/**
 * Joins the counts of a later frame with those of earlier ones. Providers repeat running totals, so the later count
 * replaces the earlier; a count the later frame leaves out stays.
 */
export function mergeUsage(earlier: Usage, later: Usage): Usage {
  return {
    inputTokens: later.inputTokens ?? earlier.inputTokens,
    cachedInputTokens: later.cachedInputTokens ?? earlier.cachedInputTokens,
    outputTokens: later.outputTokens ?? earlier.outputTokens,
    reasoningTokens: later.reasoningTokens ?? earlier.reasoningTokens,
    images: later.images ?? earlier.images,
    estimated: later.estimated ?? earlier.estimated,
  }
}
