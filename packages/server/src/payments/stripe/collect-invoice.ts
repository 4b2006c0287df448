import { SpekaError } from '@speka/core'
import type Stripe from 'stripe'
import type { CollectedItem, InvoiceToCollect, PaymentState, Standing } from '../billing-provider.ts'
import { keyOf, whatIsOurs } from './what-is-ours.ts'

/** How far it was come before, and who is told how far it is. */
interface Progress {
  /** Stripe's id of the invoice, where it is known. */
  readonly known: string | undefined
  readonly keep: (reference: string) => Promise<void>
  /** How long an invoice that is sent may be paid, in days. */
  readonly daysUntilDue: number
}

/**
 * Makes one invoice at Stripe of one of ours: a draft, its lines, and then it is final. It is looked for what there is before
 * anything is made, since Stripe forgets a key after a day; the key is for what is still under way when that is looked at.
 */
export async function collectInvoice(
  stripe: Stripe,
  invoice: InvoiceToCollect,
  { known, keep, daysUntilDue }: Progress,
): Promise<Standing> {
  const found = known === undefined ? await findInvoice(stripe, invoice) : await stripe.invoices.retrieve(known)
  const there = found ?? (await createInvoice(stripe, invoice, daysUntilDue))
  await keep(there.id)
  if (there.status !== 'draft') return standingOf(there)
  await addItems(stripe, invoice, there.id)
  demandTotal(await stripe.invoices.retrieve(there.id), invoice)
  const final = await stripe.invoices.finalizeInvoice(
    there.id,
    // From here on Stripe charges it or sends it by itself.
    { auto_advance: true },
    { idempotencyKey: keyOf(invoice, 'finalize') },
  )
  return standingOf(final)
}

async function findInvoice(stripe: Stripe, invoice: InvoiceToCollect): Promise<Stripe.Invoice | undefined> {
  for await (const one of stripe.invoices.list({ customer: invoice.customer, limit: 100 }))
    if (one.metadata?.['speka_hash'] === invoice.hash) return one
  return undefined
}

const createInvoice = (
  stripe: Stripe,
  invoice: InvoiceToCollect,
  daysUntilDue: number,
): Promise<Stripe.Response<Stripe.Invoice>> =>
  stripe.invoices.create(
    {
      customer: invoice.customer,
      currency: 'usd',
      // One bill has one number, wherever it is seen.
      number: invoice.number,
      description: `Invoice ${invoice.number} for ${invoice.month}`,
      metadata: whatIsOurs(invoice),
      ...(invoice.isCharged
        ? { collection_method: 'charge_automatically' }
        : { collection_method: 'send_invoice', days_until_due: daysUntilDue }),
      // Stripe would make it final by itself, an hour later, with whatever lines it has by then.
      auto_advance: false,
      // What Stripe would add of its own, and is not on our invoice.
      pending_invoice_items_behavior: 'exclude',
      discounts: '',
      automatic_tax: { enabled: false },
    },
    { idempotencyKey: keyOf(invoice, 'invoice') },
  )

async function addItems(stripe: Stripe, invoice: InvoiceToCollect, id: string): Promise<void> {
  const there = new Set<string | undefined>()
  for await (const item of stripe.invoiceItems.list({ invoice: id, limit: 100 }))
    there.add(item.metadata?.['speka_line'])
  for (const item of invoice.items) if (!there.has(item.key)) await addItem(stripe, invoice, id, item)
}

const addItem = (
  stripe: Stripe,
  invoice: InvoiceToCollect,
  id: string,
  { key, cents, description }: CollectedItem,
): Promise<unknown> =>
  stripe.invoiceItems.create(
    {
      customer: invoice.customer,
      invoice: id,
      currency: 'usd',
      amount: cents,
      description,
      discountable: false,
      metadata: { ...whatIsOurs(invoice), speka_line: key },
    },
    { idempotencyKey: keyOf(invoice, `line-${key}`) },
  )

/** Whatever else is on the draft, nobody is asked for another sum than the one on our invoice. */
function demandTotal({ id, total }: Stripe.Invoice, { number, totalCents }: InvoiceToCollect): void {
  if (total === totalCents) return
  throw new SpekaError(
    'conflict',
    `The draft ${id} at Stripe comes to ${total} cents, and the invoice ${number} to ${totalCents}. Delete the lines that are not ours, then hand it over again.`,
  )
}

/** How an invoice may stand, and since when in s, by its status; Stripe's own words. */
const standings: Readonly<Record<string, readonly [PaymentState, keyof Stripe.Invoice.StatusTransitions]>> = {
  open: ['open', 'finalized_at'],
  paid: ['paid', 'paid_at'],
  uncollectible: ['failed', 'marked_uncollectible_at'],
  void: ['void', 'voided_at'],
}

/** How an invoice of Stripe's stands. */
export function standingOf({ id, status, status_transitions: transitions, created }: Stripe.Invoice): Standing {
  const [state, moment] = standings[status ?? ''] ?? ['pending', 'finalized_at']
  return { reference: id, state, at: (transitions[moment] ?? created) * 1000 }
}
