import { isRecord } from '../json.ts'
import type { Usage } from '../usage.ts'

/** More than any model reads or writes at once: a higher count is a mistake, and would be an expensive one. */
const MOST_TOKENS = 100_000_000

/**
 * The counts in an OpenAI-shaped usage object, and in the variants that DeepSeek, Moonshot, Mistral and xAI send. A
 * count that is not a whole number from 0 to {@link MOST_TOKENS} is unknown: an upstream's nonsense is never priced.
 */
export function readUsage(value: unknown): Usage {
  if (!isRecord(value)) return {}
  const inputTokens = count(value['prompt_tokens'])
  const prompt = [value['prompt_tokens_details'], value['prompt_token_details']].find(isRecord)
  const completion = isRecord(value['completion_tokens_details']) ? value['completion_tokens_details'] : undefined
  const within = count(completion?.['reasoning_tokens'])
  const reasoningTokens = within ?? count(value['reasoning_tokens'])
  const answerTokens = count(value['completion_tokens'])
  const isBeside = isCountedBeside(reasoningTokens, answerTokens, inputTokens, value['total_tokens'])
  const outputTokens = isBeside ? (answerTokens ?? 0) + (reasoningTokens ?? 0) : answerTokens
  return {
    inputTokens,
    outputTokens,
    cachedInputTokens: atMost(
      count(prompt?.['cached_tokens']) ??
        count(value['prompt_cache_hit_tokens']) ??
        count(value['cached_tokens']) ??
        count(value['num_cached_tokens']),
      inputTokens,
    ),
    reasoningTokens: atMost(isBeside ? reasoningTokens : within, outputTokens),
  }
}

/**
 * Whether reasoning was counted beside the answer's tokens, as xAI does, instead of among them: the total tells, which then
 * holds all three.
 */
const isCountedBeside = (
  reasoning: number | undefined,
  answer: number | undefined,
  prompt: number | undefined,
  total: unknown,
): boolean =>
  reasoning !== undefined &&
  reasoning > 0 &&
  answer !== undefined &&
  prompt !== undefined &&
  total === prompt + answer + reasoning

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS ? value : undefined

/** A part cannot exceed its whole; one that claims to is not believed. */
const atMost = (part: number | undefined, whole: number | undefined): number | undefined =>
  part !== undefined && whole !== undefined && part > whole ? undefined : part
