import { isRecord, type Json } from '../../json.ts'
import type { Usage } from '../../usage.ts'
import { countOf } from '../translated/count-of.ts'

/** What a response has used: OpenAI counts here as in chat, under other names, and says in which tier it was served. */
export function readResponseUsage({ usage, service_tier: tier }: Json): Usage {
  if (!isRecord(usage)) return {}
  const inputTokens = countOf(usage['input_tokens'])
  const outputTokens = countOf(usage['output_tokens'])
  const { input_tokens_details: prompt, output_tokens_details: answer } = usage
  return {
    inputTokens,
    cachedInputTokens: partOf(inputTokens, prompt, 'cached_tokens'),
    cacheWriteTokens: partOf(inputTokens, prompt, 'cache_write_tokens'),
    outputTokens,
    reasoningTokens: partOf(outputTokens, answer, 'reasoning_tokens'),
    // What was asked for, not what was served.
    serviceTier: typeof tier === 'string' && tier !== 'auto' ? tier : undefined,
  }
}

/** A part cannot exceed its whole; one that claims to is not believed. */
function partOf(whole: number | undefined, details: unknown, name: string): number | undefined {
  const part = isRecord(details) ? countOf(details[name]) : undefined
  return part !== undefined && whole !== undefined && part > whole ? undefined : part
}
