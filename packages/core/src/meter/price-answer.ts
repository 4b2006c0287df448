import { formatUsd, type PicoUsd } from '../money.ts'
import type { UsageJson } from '../operations/operation.ts'

/** OpenAI's usage object with what it cost: a number to read, and the exact decimal string. */
export function pricedUsage(usage: UsageJson, charge: PicoUsd | undefined): Record<string, unknown> {
  // A gateway upstream has put its own price there, which is not the one our customer pays.
  if (charge === undefined) {
    const { cost: _cost, cost_details: _details, ...counts } = usage
    return counts
  }
  return { ...usage, ...costMembers(charge) }
}

/** What a charge adds to a usage object. */
export function costMembers(charge: PicoUsd): Record<string, unknown> {
  const total = formatUsd(charge)
  return { cost: Number(total), cost_details: { total } }
}
