import { isRecord, type Json } from '../../json.ts'
import { mergeCounts } from '../../wire/merge-counts.ts'
import { readUsage } from '../../wire/read-usage.ts'
import type { Usage } from '../../usage.ts'

/** What an upstream has counted: as OpenAI shapes it, and read. */
export interface ReportedUsage {
  readonly usageJson: Json
  readonly usage: Usage
}

/** A usage object as OpenAI shapes it. */
export const usageAsOpenAI = (reported: Json): Json => readReported(reported).usageJson

/**
 * Reads a usage object, and shapes it as OpenAI does: upstreams report tokens read from their cache and spent on reasoning under names of
 * their own, some count reasoning beside the answer, leave the sum out, or say `null` where there are no details. What
 * they say besides stays. The very same object when nothing has to differ.
 */
export function readReported(reported: Json): ReportedUsage {
  const usage = DETAILS.some((name) => reported[name] === null) ? withoutDetails(reported) : reported
  const read = readUsage(usage)
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens = 0 } = read
  const prompt = detailsIn(usage, 'prompt_tokens_details')
  const completion = detailsIn(usage, 'completion_tokens_details')
  const cached = cachedInputTokens !== undefined && prompt?.['cached_tokens'] === undefined
  const reasoning = reasoningTokens > 0 && completion?.['reasoning_tokens'] === undefined
  const output = outputTokens !== undefined && outputTokens !== usage['completion_tokens']
  const total = inputTokens !== undefined && outputTokens !== undefined && usage['total_tokens'] === undefined
  if (!cached && !reasoning && !output && !total) return { usageJson: usage, usage: read }
  const usageJson = {
    ...usage,
    ...(cached && { prompt_tokens_details: { ...prompt, cached_tokens: cachedInputTokens } }),
    ...(reasoning && { completion_tokens_details: { ...completion, reasoning_tokens: reasoningTokens } }),
    ...(output && { completion_tokens: outputTokens }),
    ...(total && { total_tokens: inputTokens + outputTokens }),
  }
  return { usageJson, usage: readUsage(usageJson) }
}

/**
 * The usage object that several events of a stream have told together. Where one of them had the prompt and another the
 * answer, neither could know the sum.
 */
export function mergeUsageJson(earlier: Json, later: Json): Json {
  const merged = mergeCounts(earlier, later)
  const { inputTokens = 0, outputTokens = 0 } = readUsage(merged)
  const { total_tokens: total, ...counts } = merged
  // A sum that is right holds what was counted beside, which is told apart by it.
  return usageAsOpenAI(total === inputTokens + outputTokens ? merged : counts)
}

const detailsIn = (usage: Json, name: string): Json | undefined => {
  const details = usage[name]
  return isRecord(details) ? details : undefined
}

const DETAILS = ['prompt_tokens_details', 'completion_tokens_details']

const withoutDetails = (usage: Json): Json =>
  Object.fromEntries(Object.entries(usage).filter(([name, value]) => value !== null || !DETAILS.includes(name)))
