import { SpekaError } from '@speka/core'
import { z } from 'zod'
import type { Actor } from '../actor.ts'
import { invoiceBody } from '../billing/invoice-document.ts'
import { issuedBody } from '../billing/issued-document.ts'
import type { IssuedInvoice } from '../store/invoices.ts'
import type { OperationParts } from './operation.ts'

/** An invoice in a list: without its lines. */
export const invoiceView = invoiceBody
  .pick({ kind: true, account: true, month: true, usage_usd: true, net_usd: true, total_usd: true, currency: true })
  .extend({ number: z.string(), issued_at: z.string(), hash: z.string() })

export type InvoiceView = z.output<typeof invoiceView>

export function viewInvoice(invoice: IssuedInvoice): InvoiceView {
  const { kind, account, month, usage_usd, net_usd, total_usd, currency } = issuedBody(invoice)
  const { number, issuedAt, hash } = invoice
  const issued_at = new Date(issuedAt).toISOString()
  return { number, kind, account, month, issued_at, usage_usd, net_usd, total_usd, currency, hash }
}

/**
 * The invoice with a number, if the actor may know of it: another account's is not there.
 *
 * @throws SpekaError `not_found`
 */
export async function findOwnInvoice(
  { store }: Pick<OperationParts, 'store'>,
  actor: Actor,
  number: string,
): Promise<IssuedInvoice> {
  const found = await store.invoices.find(number)
  if (found !== undefined && (actor.kind === 'operator' || found.account === actor.account)) return found
  const shown = number.length > 100 ? `${number.slice(0, 100)}…` : number
  throw new SpekaError(
    'not_found',
    `There is no invoice "${shown}". "speka invoice list" shows the invoices there are.`,
  )
}
