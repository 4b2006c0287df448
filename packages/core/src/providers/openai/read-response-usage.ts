import { isRecord, type Json } from '../../json.ts'
import type { Usage } from '../../usage.ts'
import { countOf } from '../translated/count-of.ts'

/**
 * What a response has used: OpenAI counts here as in chat, under other names, and says in which tier it was served. Searches of the web
 * are in no count of it, and stand among what was done.
 */
export function readResponseUsage({ usage, service_tier: tier, output }: Json): Usage {
  if (!isRecord(usage)) return {}
  const searches = searchesIn(output) || searchesCounted(usage)
  const inputTokens = countOf(usage['input_tokens'])
  const { input_tokens_details: prompt, output_tokens_details: answer } = usage
  const outputTokens = wholeOutput(usage, answer, inputTokens)
  return {
    inputTokens,
    cachedInputTokens:
      partOf(inputTokens, prompt, 'cached_tokens') ?? partOf(inputTokens, prompt, 'cache_read_input_tokens'),
    cacheWriteTokens:
      partOf(inputTokens, prompt, 'cache_write_tokens') ?? partOf(inputTokens, prompt, 'cache_creation_input_tokens'),
    outputTokens,
    reasoningTokens: partOf(outputTokens, answer, 'reasoning_tokens'),
    // What was asked for, not what was served.
    serviceTier: typeof tier === 'string' && tier !== 'auto' ? tier : undefined,
    ...(searches > 0 && { searches }),
  }
}

/**
 * Searches that were made. To open a page, or to find something in it, costs nothing besides.
 *
 * https://platform.openai.com/docs/guides/tools-web-search
 */
function searchesIn(output: unknown): number {
  if (!Array.isArray(output)) return 0
  return output.filter(
    (item: unknown) =>
      isRecord(item) &&
      item['type'] === 'web_search_call' &&
      item['status'] !== 'failed' &&
      (!isRecord(item['action']) || item['action']['type'] === 'search'),
  ).length
}

/** Perplexity counts the searches it has made: https://docs.perplexity.ai/api-reference/agent-post */
function searchesCounted({ tool_calls_details: details }: Json): number {
  const search = isRecord(details) ? (details['web_search'] ?? details['search_web']) : undefined
  return (isRecord(search) ? countOf(search['invocation']) : undefined) ?? 0
}

/** All of an answer: where thoughts were counted beside its words, as xAI does in chat, the total holds all three. */
function wholeOutput(usage: Json, answer: unknown, input: number | undefined): number | undefined {
  const words = countOf(usage['output_tokens'])
  const thoughts = isRecord(answer) ? countOf(answer['reasoning_tokens']) : undefined
  if (words === undefined || thoughts === undefined || input === undefined || thoughts === 0) return words
  return usage['total_tokens'] === input + words + thoughts ? words + thoughts : words
}

/** A part cannot exceed its whole; one that claims to is not believed. */
function partOf(whole: number | undefined, details: unknown, name: string): number | undefined {
  const part = isRecord(details) ? countOf(details[name]) : undefined
  return part !== undefined && whole !== undefined && part > whole ? undefined : part
}
