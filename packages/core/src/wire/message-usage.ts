import type { Json } from '../json.ts'
import type { Usage } from '../usage.ts'

/**
 * Usage as Anthropic tells it: what came from the cache, and what went into it, is counted apart from the rest of the prompt. 0
 * also stands for a count that nobody has told.
 *
 * https://docs.claude.com/en/docs/build-with-claude/prompt-caching#tracking-cache-performance
 */
export function writeMessageUsage(usage: Usage): MessageCounts {
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens: read = 0 } = usage
  const { cacheWriteTokens: short = 0, cacheWrite1hTokens: long = 0, reasoningTokens: reasoning = 0 } = usage
  const written = short + long
  return {
    input_tokens: Math.max(0, inputTokens - read - written),
    cache_read_input_tokens: read,
    cache_creation_input_tokens: written,
    ...(written > 0 && { cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long } }),
    output_tokens: outputTokens,
    ...(reasoning > 0 && { output_tokens_details: { thinking_tokens: reasoning } }),
    ...(usage.searches !== undefined && { server_tool_use: { web_search_requests: usage.searches } }),
  }
}

/** Counts by Anthropic's names. */
export interface MessageCounts {
  /** Of the prompt, without what came from the cache and what went into it. */
  input_tokens: number
  cache_read_input_tokens: number
  cache_creation_input_tokens: number
  /** What went into the cache, by how long it stays there. */
  cache_creation?: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number }
  output_tokens: number
  /** How many of them were thoughts, where that is known. */
  output_tokens_details?: { thinking_tokens: number }
  server_tool_use?: Json
}
