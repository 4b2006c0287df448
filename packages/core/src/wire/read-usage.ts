import { isRecord, type Json } from '../json.ts'
import type { Counts } from '../units.ts'
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
  const usage: Usage = {
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
  const more = beyondTheUsual(value, prompt, completion, usage)
  return more === undefined ? usage : { ...usage, ...more }
}

/**
 * Counts that few answers have. What is none is left out: it changes no cost.
 *
 * `cache_write_tokens` is OpenRouter's and OpenAI's, `cache_creation_input_tokens` LiteLLM's, `server_tool_use` OpenRouter's
 * and `num_search_queries` Perplexity's; `cache_write_1h_tokens` is our own.
 */
function beyondTheUsual(
  value: Json,
  prompt: Json | undefined,
  completion: Json | undefined,
  usage: Usage,
): Counts | undefined {
  const { inputTokens, outputTokens } = usage
  const tools = value['server_tool_use']
  const forAnHour = some(prompt?.['cache_write_1h_tokens'], inputTokens)
  const written = some(prompt?.['cache_write_tokens'] ?? value['cache_creation_input_tokens'], inputTokens)
  const heard = some(prompt?.['audio_tokens'], inputTokens)
  const spoken = some(completion?.['audio_tokens'], outputTokens)
  const searches = some((isRecord(tools) ? tools['web_search_requests'] : undefined) ?? value['num_search_queries'])
  if ((written ?? forAnHour ?? heard ?? spoken ?? searches) === undefined) return undefined
  return {
    ...(written !== undefined && { cacheWriteTokens: written - Math.min(forAnHour ?? 0, written) }),
    ...(forAnHour !== undefined && { cacheWrite1hTokens: forAnHour }),
    ...(heard !== undefined && { audioInputTokens: heard }),
    ...(spoken !== undefined && { audioOutputTokens: spoken }),
    ...(searches !== undefined && { searches }),
  }
}

/** A count above 0 that its whole can hold. */
function some(value: unknown, whole?: number): number | undefined {
  const counted = atMost(count(value), whole)
  return counted === 0 ? undefined : counted
}

/** The tier in which an upstream says it has served a request. "auto" is only what was asked for, and longer words than any tier's are none. */
export const readServiceTier = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value !== 'auto' && value.length <= LONGEST_TIER ? value : undefined

const LONGEST_TIER = 40

/** Usage with the tier that it was served in. The very same object where nobody has told one. */
export const inTier = (usage: Usage, serviceTier: string | undefined): Usage =>
  serviceTier === undefined ? usage : { ...usage, serviceTier }

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
