import { isRecord } from '../../json.ts'
import { writeMessageUsage } from '../../wire/message-usage.ts'
import { readUsage } from '../../wire/read-usage.ts'
import type { MessageUsage } from './shapes.ts'

/** Chat's usage, its cost included, under this API's names. */
export function messageUsage(usage: unknown): MessageUsage {
  const { cost, cost_details: costDetails, estimated, capped }: Record<string, unknown> = isRecord(usage) ? usage : {}
  return {
    ...writeMessageUsage(readUsage(usage)),
    ...(estimated === true && { estimated }),
    ...(capped === true && { capped }),
    ...(typeof cost === 'number' && { cost }),
    ...(isRecord(costDetails) && { cost_details: { total: String(costDetails['total']) } }),
  }
}
