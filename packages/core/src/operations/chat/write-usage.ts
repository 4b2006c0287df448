import type { Usage } from '../../usage.ts'

/**
 * OpenAI's usage object for counts that came in other words. Parts that are unknown are left out.
 *
 * @returns `undefined` when a count is unknown that the object must have.
 */
export function writeUsage(usage: Usage): Readonly<Record<string, unknown>> | undefined {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = usage
  if (inputTokens === undefined || outputTokens === undefined) return undefined
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(cachedInputTokens !== undefined && { prompt_tokens_details: { cached_tokens: cachedInputTokens } }),
    ...(reasoningTokens !== undefined && { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  }
}
