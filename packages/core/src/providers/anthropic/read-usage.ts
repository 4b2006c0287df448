import type { Usage } from '../../usage.ts'
import { isRecord } from '../../wire/read-usage.ts'
import { countOf } from '../translated/write-usage.ts'

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
  return {
    inputTokens: fresh === undefined ? undefined : fresh + (read ?? 0) + (written ?? 0),
    cachedInputTokens: fresh === undefined ? undefined : read,
    outputTokens: output,
    // A part cannot exceed its whole; one that claims to is not believed.
    reasoningTokens: thoughts !== undefined && output !== undefined && thoughts > output ? undefined : thoughts,
  }
}
