import { lengthOfWords, TokenCount, textLengthOf } from '../providers/token-count.ts'
import type { Bytes } from '../transport.ts'
import type { Usage } from '../usage.ts'
import type { Call } from '../wire/call.ts'
import { isRecord } from '../wire/read-usage.ts'
import { asBuffer } from '../wire/scan-object.ts'

/**
 * Usage with what the provider left out filled in and marked as an estimate. A count that was reported stays, 0 as well.
 *
 * @param outputTokens a count of the output, asked for only when it is needed.
 */
export function completeUsage(usage: Usage, call: Call, outputTokens: () => number): Usage {
  if (call.endpoint === 'images') return usage
  const hasOutput = usage.outputTokens !== undefined || call.endpoint === 'embeddings'
  if (usage.inputTokens !== undefined && hasOutput) return usage
  return {
    ...usage,
    inputTokens: usage.inputTokens ?? tokensInPrompt(call),
    ...(!hasOutput && { outputTokens: outputTokens() }),
    estimated: true,
  }
}

/**
 * Usage of a stream that did not come to its end. Some providers count as they go, and the last count told may be from the
 * beginning: what was delivered counts at least.
 */
export function usageSoFar(usage: Usage, call: Call, outputTokens: number): Usage {
  const known = completeUsage(usage, call, () => outputTokens)
  return (known.outputTokens ?? 0) >= outputTokens || call.endpoint !== 'chat'
    ? known
    : { ...known, outputTokens, estimated: true }
}

/** About how many tokens a prompt has: its words, and a few for each message's frame. */
export function tokensInPrompt({ outline, scan, promptTokens }: Call): number {
  if (promptTokens !== undefined) return promptTokens
  const { messages = [], tools, input, prompt } = outline as Readonly<Record<string, unknown>>
  const count = new TokenCount()
  count.add(0, lengthOfWords([messages, tools, input, prompt]))
  // What was too long to be parsed stands in the outline as one character.
  for (const { start, end } of scan.longStrings) count.add(0, end - start)
  return count.tokens + FRAME_TOKENS * (Array.isArray(messages) ? messages.length : 0)
}

const FRAME_TOKENS = 4

/** About how many tokens a whole answer has. */
export function tokensInAnswer(body: Bytes): number {
  const value: unknown = JSON.parse(asBuffer(body).toString('utf8'))
  const choices = isRecord(value) && Array.isArray(value['choices']) ? value['choices'].filter(isRecord) : []
  const count = new TokenCount()
  count.add(0, textLengthOf(choices))
  return count.tokens
}

/** Estimated usage in OpenAI's shape, for the caller who is charged by it. */
export function usageJsonOf({ inputTokens = 0, outputTokens = 0 }: Usage, { endpoint }: Call): Record<string, unknown> {
  return {
    prompt_tokens: inputTokens,
    ...(endpoint === 'chat' && { completion_tokens: outputTokens }),
    total_tokens: inputTokens + outputTokens,
    estimated: true,
  }
}
