import { isRecord } from '../../json.ts'
import { readUsage } from '../../wire/read-usage.ts'
import type { ResponseUsage } from './shapes.ts'

/** Chat's usage, its cost included, under this API's names; `undefined` when there is none to speak of. */
export function responseUsage(usage: unknown): ResponseUsage | undefined {
  const { inputTokens, outputTokens, cachedInputTokens = 0, reasoningTokens = 0, ...more } = readUsage(usage)
  if (!isRecord(usage) || inputTokens === undefined || outputTokens === undefined) return undefined
  const { cacheWriteTokens = 0, cacheWrite1hTokens = 0 } = more
  const { cost, cost_details: costDetails, estimated, capped } = usage
  return {
    input_tokens: inputTokens,
    input_tokens_details: {
      cached_tokens: cachedInputTokens,
      cache_write_tokens: cacheWriteTokens + cacheWrite1hTokens,
    },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
    ...(estimated === true && { estimated }),
    ...(capped === true && { capped }),
    ...(typeof cost === 'number' && { cost }),
    ...(isRecord(costDetails) && { cost_details: { total: String(costDetails['total']) } }),
  }
}
