import { picoUsd } from '@speka/core'
import type { BilledMonth } from '../store/billed-usage.ts'
import type { IssuedInvoice } from '../store/invoices.ts'
import type { InvoiceBody } from './invoice-document.ts'
import { issuedBody } from './issued-document.ts'
import { parseSignedUsd } from './signed-usd.ts'

/** What is read of an invoice. */
export type BilledInvoice = Pick<IssuedInvoice, 'number' | 'month' | 'body'>

/** What invoices of one account have charged and spent already. */
export interface BilledBefore {
  /** Of each month that has an invoice: what was charged of its usage, by its own invoice and as late usage since. */
  readonly months: ReadonlyMap<string, BilledMonth>
  /** What was spent of each grant, in pico-dollars, by its id. */
  readonly ofGrants: ReadonlyMap<string, bigint>
  /** The ids of the adjustments that stand on one. */
  readonly adjustments: ReadonlySet<string>
}

/** @param issued every invoice of the account */
export function billedBefore(issued: readonly BilledInvoice[]): BilledBefore {
  const months = new Map<string, BilledMonth>()
  const ofGrants = new Map<string, bigint>()
  const adjustments = new Set<string>()

  function addUsage(month: string, requests: number, charge: bigint): void {
    const before = months.get(month)
    const sum = (before?.charge ?? 0n) + charge
    months.set(month, { month, requests: (before?.requests ?? 0) + requests, charge: picoUsd(sum) })
  }

  for (const invoice of issued) {
    const body = issuedBody(invoice)
    addUsage(body.month, body.requests, ownUsage(body))
    for (const line of body.lines) {
      const amount = parseSignedUsd(line.amount_usd)
      if (line.kind === 'late_usage') addUsage(line.month, line.requests, amount)
      else if (line.kind === 'credit') ofGrants.set(line.grant, (ofGrants.get(line.grant) ?? 0n) - amount)
      else if (line.kind === 'adjustment') adjustments.add(line.adjustment)
    }
  }
  return { months, ofGrants, adjustments }
}

const ownUsage = ({ lines }: InvoiceBody): bigint =>
  lines.reduce((sum, line) => (line.kind === 'usage' ? sum + parseSignedUsd(line.amount_usd) : sum), 0n)
