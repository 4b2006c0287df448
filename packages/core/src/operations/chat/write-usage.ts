import type { Usage } from '../../usage.ts'

/**
 * OpenAI's usage object for counts that came in other words. Parts that are unknown are left out.
 *
 * @returns `undefined` when a count is unknown that the object must have.
 */
export function writeUsage(usage: Usage): Readonly<Record<string, unknown>> | undefined {
  const { inputTokens, outputTokens, cacheWriteTokens, cacheWrite1hTokens, searches } = usage
  if (inputTokens === undefined || outputTokens === undefined) return undefined
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...details('prompt_tokens_details', {
      cached_tokens: usage.cachedInputTokens,
      cache_write_tokens: sum(cacheWriteTokens, cacheWrite1hTokens),
      cache_write_1h_tokens: cacheWrite1hTokens,
      audio_tokens: usage.audioInputTokens,
    }),
    ...details('completion_tokens_details', {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: usage.audioOutputTokens,
    }),
    ...(searches !== undefined && { server_tool_use: { web_search_requests: searches } }),
  }
}

/** One member of a usage object: what is known of the parts of a sum. */
function details(name: string, parts: Readonly<Record<string, number | undefined>>): Readonly<Record<string, unknown>> {
  const known = Object.entries(parts).filter(([, count]) => count !== undefined)
  return known.length === 0 ? {} : { [name]: Object.fromEntries(known) }
}

const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0)
