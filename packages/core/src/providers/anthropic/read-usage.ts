import { isRecord, type Json } from '../../json.ts'
import type { Counts } from '../../units.ts'
import type { Usage } from '../../usage.ts'
import { mergeCounts } from '../../wire/merge-counts.ts'
import { readServiceTier } from '../../wire/read-usage.ts'
import { countOf } from '../translated/count-of.ts'

/**
 * Anthropic counts what came from the cache and what went into it apart from the rest of the prompt; OpenAI counts all of
 * it as prompt, and so does the gateway.
 */
export function readClaudeUsage(value: unknown): Usage {
  if (!isRecord(value)) return {}
  const fresh = countOf(value['input_tokens'])
  const read = countOf(value['cache_read_input_tokens'])
  const written = countOf(value['cache_creation_input_tokens'])
  const output = countOf(value['output_tokens'])
  const details = value['output_tokens_details']
  const thoughts = isRecord(details) ? countOf(details['thinking_tokens']) : undefined
  const tools = value['server_tool_use']
  const searches = isRecord(tools) ? countOf(tools['web_search_requests']) : undefined
  const serviceTier = readServiceTier(value['service_tier'])
  return {
    inputTokens: fresh === undefined ? undefined : fresh + (read ?? 0) + (written ?? 0),
    cachedInputTokens: fresh === undefined ? undefined : read,
    outputTokens: output,
    // A part cannot exceed its whole; one that claims to is not believed.
    reasoningTokens: thoughts !== undefined && output !== undefined && thoughts > output ? undefined : thoughts,
    ...(fresh !== undefined && written !== undefined && written > 0 && writesOf(written, value['cache_creation'])),
    ...(searches !== undefined && searches > 0 && { searches }),
    ...(serviceTier !== undefined && { serviceTier }),
  }
}

/** What went into the cache, by how long it stays there. Where nobody told, that is five minutes. */
function writesOf(written: number, split: unknown): Counts {
  const forAnHour = Math.min(written, (isRecord(split) ? countOf(split['ephemeral_1h_input_tokens']) : undefined) ?? 0)
  return {
    ...(written > forAnHour && { cacheWriteTokens: written - forAnHour }),
    ...(forAnHour > 0 && { cacheWrite1hTokens: forAnHour }),
  }
}

/**
 * What the beginning of a stream counts. Of the answer it tells a placeholder, 1 in most cases, before there is a word: that is no
 * count, and where the end tells none either, the gateway counts for itself.
 *
 * https://docs.claude.com/en/docs/build-with-claude/streaming#basic-streaming-request
 */
export const countsAtStart = ({ output_tokens: _placeholder, ...counts }: Json): Json => counts

/**
 * Joins what a later event says with what earlier ones said. The end may tell anew how the prompt divides into what was
 * fresh and what came from the cache, so that a part of it becomes 0; but all of it together does not shrink so.
 */
export function mergeClaudeCounts(earlier: Json, later: Json): Json {
  const merged = mergeCounts(earlier, later)
  const divided = Object.fromEntries(PROMPT.map((name) => [name, countOf(later[name])]))
  const isAnew = later['input_tokens'] === 0 && sumOf(divided) > 0 && sumOf(divided) >= sumOf(earlier)
  return isAnew ? { ...merged, ...divided } : merged
}

const PROMPT = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'] as const

/** How long the prompt is, by Anthropic's counts. */
const sumOf = (counts: Json): number => PROMPT.reduce((sum, name) => sum + (countOf(counts[name]) ?? 0), 0)
