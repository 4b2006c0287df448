import { isRecord } from '../../json.ts'
import { readUsage } from '../../wire/read-usage.ts'
import type { MessageUsage } from './shapes.ts'

/** Chat's usage, its cost included, under this API's names. 0 also stands for a count that nobody has told. */
export function messageUsage(usage: unknown): MessageUsage {
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens = 0 } = readUsage(usage)
  const { cost, cost_details: costDetails, estimated, capped }: Record<string, unknown> = isRecord(usage) ? usage : {}
  return {
    input_tokens: inputTokens - cachedInputTokens,
    cache_read_input_tokens: cachedInputTokens,
    output_tokens: outputTokens,
    ...(estimated === true && { estimated }),
    ...(capped === true && { capped }),
    ...(typeof cost === 'number' && { cost }),
    ...(isRecord(costDetails) && { cost_details: { total: String(costDetails['total']) } }),
  }
}
