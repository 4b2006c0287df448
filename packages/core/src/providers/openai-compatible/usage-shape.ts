import { isRecord, readUsage } from '../../wire/read-usage.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * A usage object as OpenAI shapes it: upstreams report tokens read from their cache under names of their own, and some
 * leave the sum out, or say `null` where there are no details. What they say besides stays. The very same object when
 * nothing has to differ.
 */
export function usageAsOpenAI(reported: Json): Json {
  const usage = DETAILS.some((name) => reported[name] === null) ? withoutDetails(reported) : reported
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

const DETAILS = ['prompt_tokens_details', 'completion_tokens_details']

const withoutDetails = (usage: Json): Json =>
  Object.fromEntries(Object.entries(usage).filter(([name, value]) => value !== null || !DETAILS.includes(name)))
