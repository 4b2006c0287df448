import type { InvoiceToCollect } from '../billing-provider.ts'

/** How what was made of an invoice is known again at Stripe. */
export const whatIsOurs = ({ number, hash }: InvoiceToCollect): { speka_invoice: string; speka_hash: string } => ({
  speka_invoice: number,
  speka_hash: hash,
})

/** As much of a hash as tells two gateways with one Stripe account apart. */
const ENOUGH = 16

/** The idempotency key of one call for an invoice: the same each time, and never that of another gateway's invoice. */
export const keyOf = ({ number, hash }: InvoiceToCollect, call: string): string =>
  `speka-${number}-${hash.slice(0, ENOUGH)}-${call}`
