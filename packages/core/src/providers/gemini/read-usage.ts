import { isRecord } from '../../json.ts'
import type { Usage } from '../../usage.ts'
import { countOf } from '../translated/count-of.ts'

/**
 * Gemini counts thoughts apart from the answer, OpenAI as a part of it, and so does the gateway. Google's JSON leaves out
 * what is zero: where it counts at all, a count that is missing is none.
 */
export function readGeminiUsage(value: unknown): Usage {
  if (!isRecord(value)) return {}
  const prompt = countOf(value['promptTokenCount'])
  if (prompt === undefined) return {}
  const thoughts = countOf(value['thoughtsTokenCount'])
  const cached = countOf(value['cachedContentTokenCount'])
  return {
    inputTokens: prompt + (countOf(value['toolUsePromptTokenCount']) ?? 0),
    cachedInputTokens: cached !== undefined && cached <= prompt ? cached : undefined,
    outputTokens: (countOf(value['candidatesTokenCount']) ?? 0) + (thoughts ?? 0),
    reasoningTokens: thoughts,
  }
}
