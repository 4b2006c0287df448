import { formatUsd } from '@speka/core'
import { zeroUsd } from '@speka/core/internal'
import { checkChain, type InvoiceChainProblem } from '../store/invoice-chain.ts'
import type { Store } from '../store/store.ts'
import { readHistory } from './account-history.ts'
import { configuredKeysOf, type BillingInForce } from './billing-in-force.ts'

/** What is wrong with an invoice: with itself, or against the rows that it charges. */
export interface InvoiceProblem {
  readonly problem: InvoiceChainProblem['problem'] | 'usage_differs'
  readonly number: string
  /** The same in words, for whoever has to look after it. */
  readonly message: string
}

export interface InvoiceReport {
  /** How many were looked at. */
  readonly invoices: number
  readonly problems: readonly InvoiceProblem[]
}

/**
 * Looks at every invoice: whether it is as it was issued, in its place, and whether what was charged of a month, by its invoice
 * and as late usage since, is what its rows cost. Rows that came since and stand on no invoice yet are nothing wrong: the
 * next one has them.
 *
 * @param withRows whether rows can be added up to be held against
 */
export async function checkInvoices(store: Store, inForce: BillingInForce, withRows = true): Promise<InvoiceReport> {
  const all = await store.invoices.list()
  const problems: InvoiceProblem[] = checkChain(all)
  // What does not say any more what it said cannot be held against rows.
  const changed = new Set(problems.filter(({ problem }) => problem === 'changed').map(({ number }) => number))
  const unsure = new Set(all.filter(({ number }) => changed.has(number)).map(({ account }) => account))
  for (const id of withRows ? new Set(all.map(({ account }) => account)) : []) {
    const kept = await store.registry.get('account', id)
    if (unsure.has(id) || kept === undefined) continue
    const { issued, months, before } = await readHistory(store, kept.record, configuredKeysOf(inForce, kept.record))
    const now = new Map(months.map((one) => [one.month, one]))
    for (const invoice of issued) {
      const billed = before.months.get(invoice.month)
      const { requests = 0, charge = zeroUsd } = now.get(invoice.month) ?? {}
      if (billed === undefined || requests > billed.requests) continue
      if (requests === billed.requests && charge === billed.charge) continue
      const { number, month } = invoice
      const message =
        `${number}: of ${month}, ${billed.requests} requests for ${formatUsd(billed.charge)} USD were charged to ${id}, and the ` +
        `records say ${requests} for ${formatUsd(charge)} USD`
      problems.push({ problem: 'usage_differs', number, message })
    }
  }
  return { invoices: all.length, problems }
}
