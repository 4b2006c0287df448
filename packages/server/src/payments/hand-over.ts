import { SpekaError } from '@speka/core'
import { invoiceBody, type InvoiceBody } from '../billing/invoice-document.ts'
import type { IssuedInvoice } from '../store/invoices.ts'
import type { AccountRecord, PaymentRecord } from '../store/records.ts'
import type { InvoiceToCollect } from './billing-provider.ts'
import { changedBy, untilUndisturbed } from './change-by.ts'
import { centsOf, collectedItems } from './collected-items.ts'
import { customerOf } from './customer-of.ts'
import type { PaymentParts } from './payment-parts.ts'
import { paymentId, settlePayment } from './settle-payment.ts'

/** How an invoice stands once it was tried to hand it over; `unreachable`: nobody is known to send it to. */
export type HandedOver = PaymentRecord['state'] | 'unreachable'

/** Whether there is somebody at the other end: an account without an address that has left no payment method has nobody. */
export const isReachable = ({ email, payer }: AccountRecord): boolean => email !== undefined || payer !== undefined

/**
 * Hands an issued invoice over, or goes on where that broke off, be it within a call. However often it is called, by however
 * many processes, the provider has the invoice once, with the total that stands on it.
 *
 * @throws SpekaError when it cannot be done now; it may be tried again at any time.
 */
export async function handOver(parts: PaymentParts, invoice: IssuedInvoice): Promise<HandedOver> {
  const { registry, provider } = parts
  const kept = await registry.get('payment', paymentId(invoice.number))
  if (kept !== undefined && kept.record.state !== 'pending') return kept.record.state
  const account = await registry.get('account', invoice.account)
  if (account === undefined) throw new SpekaError('not_found', `There is no account "${invoice.account}".`)
  const body = invoiceBody.parse(JSON.parse(invoice.body))
  const totalCents = centsOf(body.total_usd)
  // There is nothing to collect, and nobody need be asked.
  if (totalCents === 0) return (await begin(parts, invoice, body, 'paid')).state
  if (!isReachable(account.record)) return 'unreachable'
  const customer = await customerOf(parts, account.record.id)
  const { reference } = await begin(parts, invoice, body, 'pending')
  const standing = await provider.collect(toCollect(invoice, body, customer, account.record), reference, (known) =>
    keepReference(parts, invoice.number, known),
  )
  await settlePayment(parts, invoice.number, standing)
  return (await registry.get('payment', paymentId(invoice.number)))?.record.state ?? 'pending'
}

const toCollect = (
  { number, hash, month }: IssuedInvoice,
  body: InvoiceBody,
  customer: string,
  { payer }: AccountRecord,
): InvoiceToCollect => ({
  number,
  hash,
  month,
  customer,
  isCharged: payer?.subscription !== undefined,
  totalCents: centsOf(body.total_usd),
  items: collectedItems(body),
})

/** The record of a payment, made if there is none. */
function begin(
  { registry, provider, now }: PaymentParts,
  { number, account }: IssuedInvoice,
  { total_usd: usd }: InvoiceBody,
  state: 'pending' | 'paid',
): Promise<PaymentRecord> {
  return untilUndisturbed(async () => {
    const id = paymentId(number)
    const there = await registry.get('payment', id)
    if (there !== undefined) return there.record
    const at = now()
    const after: PaymentRecord = { id, account, createdAt: at, invoice: number, provider: provider.name, usd, state }
    const [made] = await registry.change([{ kind: 'payment', after }], changedBy('payment.begin', at))
    return made.record
  })
}

/** Notes what the provider calls an invoice, so that it is found there however long it takes to go on. */
async function keepReference({ registry, now }: PaymentParts, invoice: string, reference: string): Promise<void> {
  await untilUndisturbed(async () => {
    const before = await registry.get('payment', paymentId(invoice))
    if (before === undefined || before.record.reference !== undefined) return
    const after = { ...before.record, reference }
    await registry.change([{ kind: 'payment', before, after }], changedBy('payment.begin', now()))
  })
}
