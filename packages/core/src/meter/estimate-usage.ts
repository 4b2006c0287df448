import { isRecord } from '../json.ts'
import { asBuffer } from '../bytes/scan-object.ts'
import type { Call } from '../operations/call.ts'
import type { UsageJson } from '../operations/operation.ts'
import { operations } from '../operations/operations.ts'
import { TokenCount, textLengthOf } from '../operations/token-count.ts'
import type { Bytes } from '../transport.ts'
import type { Usage } from '../usage.ts'

/**
 * Usage with what the provider left out filled in and marked as an estimate. A zero is no count where there was something to
 * count: only an answer without a word may have used nothing.
 *
 * @param outputTokens a count of the output, asked for only when it is needed.
 */
export const completeUsage = (usage: Usage, call: Call, outputTokens: () => number): Usage =>
  operations[call.endpoint].completeUsage(usage, call, outputTokens)

/** Usage of a stream that did not come to its end, of which `outputTokens` were delivered. */
export const usageSoFar = (usage: Usage, call: Call, outputTokens: number): Usage =>
  operations[call.endpoint].usageSoFar(usage, call, outputTokens)

/** About how many tokens a whole answer has. */
export function tokensInAnswer(body: Bytes): number {
  const value: unknown = JSON.parse(asBuffer(body).toString('utf8'))
  const choices = isRecord(value) && Array.isArray(value['choices']) ? value['choices'].filter(isRecord) : []
  const count = new TokenCount()
  count.add(0, textLengthOf(choices))
  return count.tokens
}

/** Usage that is not as the provider told it in OpenAI's shape, for the caller who is charged by it. */
export const usageJsonOf = (usage: Usage, { endpoint }: Call): UsageJson => operations[endpoint].usageJson(usage)
