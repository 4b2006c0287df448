import { formatUsd, picoUsd, type PicoUsd } from '@speka/core'
import type { InvoiceLine } from './invoice-document.ts'
import type { PlanPart } from './invoice-facts.ts'
import { shareOf } from './round-cents.ts'
import { spanOfMonth } from './month.ts'

export interface FeeLines {
  readonly lines: readonly InvoiceLine[]
  readonly sum: PicoUsd
}

/** The fees of a month: of each part the share of the plan's fee that its time is of the month's. Plans without a fee have no line. */
export function feeLines(parts: readonly PlanPart[], month: string): FeeLines {
  const paid = parts.flatMap((part) => {
    const { plan, from, until } = part
    if (plan === undefined || plan.monthlyPrice === 0n) return []
    const amount = shareOf(plan.monthlyPrice, timeOf(part), lengthOf(month))
    const line: InvoiceLine = {
      kind: 'fee',
      plan: part.name,
      from: new Date(from).toISOString(),
      until: new Date(until).toISOString(),
      monthly_usd: formatUsd(plan.monthlyPrice),
      amount_usd: formatUsd(amount),
    }
    return [{ line, amount }]
  })
  return {
    lines: paid.map(({ line }) => line),
    sum: picoUsd(paid.reduce((sum, { amount }) => sum + amount, 0n)),
  }
}

/**
 * What of a month's usage its plans pay for. Of plans that bill what is beyond, each part has its share by time; of plans that
 * stop there, the largest counts whole, since that is up to where requests were let through.
 */
export function allowanceOf(parts: readonly PlanPart[], month: string): PicoUsd {
  let billed = 0n
  let stopped = 0n
  for (const part of parts) {
    const { plan } = part
    if (plan === undefined) continue
    if (plan.overage === 'bill') billed += shareOf(plan.includedUsage, timeOf(part), lengthOf(month))
    else if (plan.includedUsage > stopped) stopped = plan.includedUsage
  }
  return picoUsd(billed + stopped)
}

const timeOf = ({ from, until }: PlanPart): bigint => BigInt(until - from)

function lengthOf(month: string): bigint {
  const { from, until } = spanOfMonth(month)
  return BigInt(until - from)
}
