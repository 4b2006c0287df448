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
  const answer = countOf(value['candidatesTokenCount']) ?? 0
  const heard = soundIn(value['promptTokensDetails'])
  const spoken = soundIn(value['candidatesTokensDetails'])
  return {
    inputTokens: prompt + (countOf(value['toolUsePromptTokenCount']) ?? 0),
    cachedInputTokens: cached !== undefined && cached <= prompt ? cached : undefined,
    outputTokens: answer + (thoughts ?? 0),
    reasoningTokens: thoughts,
    ...(heard > 0 && heard <= prompt && { audioInputTokens: heard }),
    ...(spoken > 0 && spoken <= answer && { audioOutputTokens: spoken }),
  }
}

/** How many of the tokens were sound. Google tells each kind apart where there is more than text. */
function soundIn(details: unknown): number {
  const counts = Array.isArray(details) ? details.filter(isRecord) : []
  return counts.reduce(
    (sum, { modality, tokenCount }) => (modality === 'AUDIO' ? sum + (countOf(tokenCount) ?? 0) : sum),
    0,
  )
}
