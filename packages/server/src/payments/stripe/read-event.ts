import type Stripe from 'stripe'
import { z } from 'zod'
import type { PaymentEvent, PaymentState } from '../billing-provider.ts'
import { findPaidInvoice } from './find-paid-invoice.ts'
import type { StripeEvent } from './verify-message.ts'

const metadata = z.record(z.string(), z.string()).nullish()
/** An id, or what has it. */
const reference = z
  .union([z.string(), z.object({ id: z.string() })])
  .transform((given) => (typeof given === 'string' ? given : given.id))

const invoice = z.object({ id: z.string(), status: z.string().nullish(), metadata })
const dispute = z.object({ status: z.string(), payment_intent: reference.nullish() })
/** A charge, or a refund of one. */
const refunded = z.object({ id: z.string(), object: z.string(), charge: reference.nullish() })
const session = z.object({
  id: z.string(),
  mode: z.string(),
  customer: reference.nullish(),
  subscription: reference.nullish(),
  metadata,
})
const subscription = z.object({ id: z.string(), metadata })

type Read = (stripe: Stripe, event: StripeEvent) => Promise<PaymentEvent | undefined> | PaymentEvent | undefined
type EndState = Extract<PaymentEvent, { kind: 'payment' }>['state']

/** What each event says. Any other says nothing here: https://docs.stripe.com/api/events/types */
const reads: Readonly<Record<string, Read>> = {
  'invoice.paid': (_, event) => ofInvoice(event, 'paid'),
  'invoice.payment_failed': (_, event) => ofInvoice(event, 'failed'),
  'invoice.overdue': (_, event) => ofInvoice(event, 'failed'),
  'invoice.marked_uncollectible': (_, event) => ofInvoice(event, 'failed'),
  'invoice.voided': (_, event) => ofInvoice(event, 'void'),
  'charge.dispute.created': (stripe, event) => ofDispute(stripe, event, () => 'disputed'),
  'charge.dispute.closed': (stripe, event) => ofDispute(stripe, event, (status) => ends[status]),
  'charge.refunded': (stripe, event) => ofRefund(stripe, event),
  'refund.updated': (stripe, event) => ofRefund(stripe, event),
  'refund.failed': (stripe, event) => ofRefund(stripe, event),
  'checkout.session.completed': (_, event) => ofCheckout(event),
  'customer.subscription.deleted': (_, event) => ofSubscription(event),
}

/** The types of events that say something here. */
export const eventTypes: readonly string[] = Object.keys(reads)

/** How a dispute ends: https://docs.stripe.com/api/disputes/object#dispute_object-status */
const ends: Readonly<Record<string, EndState>> = {
  won: 'paid',
  warning_closed: 'paid',
  prevented: 'paid',
  lost: 'failed',
}

/** What an event means for invoices and plans; `undefined`: nothing. */
export const readEvent = async (stripe: Stripe, event: StripeEvent): Promise<PaymentEvent | undefined> =>
  Object.hasOwn(reads, event.type) ? reads[event.type]?.(stripe, event) : undefined

const timed = ({ id, created }: StripeEvent) => ({ id, at: created * 1000 })

/** Failed is only what is not paid all the same: the invoice in the event is as it was then. */
function ofInvoice(event: StripeEvent, state: EndState): PaymentEvent | undefined {
  const { data, success } = invoice.safeParse(event.data.object)
  const number = data?.metadata?.['speka_invoice']
  if (!success || number === undefined || (state === 'failed' && isSettled(data.status))) return undefined
  return { kind: 'payment', ...timed(event), invoice: number, reference: data.id, state }
}

const settled: Readonly<Partial<Record<string, true>>> = { paid: true, void: true } satisfies Partial<
  Record<PaymentState, true>
>
const isSettled = (status: string | null | undefined): boolean => settled[status ?? ''] === true

/** A dispute is about a payment. Which invoice that has paid, Stripe is asked. */
async function ofDispute(
  stripe: Stripe,
  event: StripeEvent,
  stateBy: (status: string) => EndState | undefined,
): Promise<PaymentEvent | undefined> {
  const { data } = dispute.safeParse(event.data.object)
  const state = stateBy(data?.status ?? '')
  if (data?.payment_intent == null || state === undefined) return undefined
  const paid = await findPaidInvoice(stripe, data.payment_intent)
  return paid === undefined ? undefined : { kind: 'payment', ...timed(event), ...paid, state }
}

/** A refund is of a charge. How much of that has been given back by now Stripe is asked, since events come in any order. */
async function ofRefund(stripe: Stripe, event: StripeEvent): Promise<PaymentEvent | undefined> {
  const { data } = refunded.safeParse(event.data.object)
  const id = data?.object === 'charge' ? data.id : data?.charge
  if (id == null) return undefined
  const { payment_intent: intent, amount_refunded: cents } = await stripe.charges.retrieve(id)
  if (intent === null) return undefined
  const paid = await findPaidInvoice(stripe, typeof intent === 'string' ? intent : intent.id)
  return paid === undefined ? undefined : { kind: 'refund', ...timed(event), ...paid, charge: id, cents }
}

function ofCheckout(event: StripeEvent): PaymentEvent | undefined {
  const { data } = session.safeParse(event.data.object)
  const { speka_account: account, speka_plan: plan } = data?.metadata ?? {}
  if (data?.customer == null || data.subscription == null || account === undefined || plan === undefined)
    return undefined
  const { id: checkout, customer, subscription: made } = data
  return { kind: 'subscribed', ...timed(event), account, plan, customer, checkout, subscription: made }
}

function ofSubscription(event: StripeEvent): PaymentEvent | undefined {
  const { data } = subscription.safeParse(event.data.object)
  const account = data?.metadata?.['speka_account']
  if (data === undefined || account === undefined) return undefined
  return { kind: 'unsubscribed', ...timed(event), account, subscription: data.id }
}
