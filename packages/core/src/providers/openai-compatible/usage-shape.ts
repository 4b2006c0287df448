import { isRecord, readUsage } from '../../wire/read-usage.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * A usage object as OpenAI shapes it: upstreams report tokens read from their cache under names of their own, and some
 * leave the sum out. What they say besides stays. The very same object when nothing has to be added.
 */
export function usageAsOpenAI(usage: Json): Json {
  const { inputTokens, outputTokens, cachedInputTokens } = readUsage(usage)
  const details = isRecord(usage['prompt_tokens_details']) ? usage['prompt_tokens_details'] : undefined
  const cached = cachedInputTokens !== undefined && details?.['cached_tokens'] === undefined
  const total = inputTokens !== undefined && outputTokens !== undefined && usage['total_tokens'] === undefined
  if (!cached && !total) return usage
  return {
    ...usage,
    ...(cached && { prompt_tokens_details: { ...details, cached_tokens: cachedInputTokens } }),
    ...(total && { total_tokens: inputTokens + outputTokens }),
  }
}
