import type Stripe from 'stripe'
import type { InvoiceToCollect, Standing } from '../billing-provider.ts'
import { keyOf, whatIsOurs } from './what-is-ours.ts'

/** Gives a customer what a credit note says: Stripe takes it off the invoices that become final after it. */
export async function collectCredit(
  stripe: Stripe,
  invoice: InvoiceToCollect,
  keep: (reference: string) => Promise<void>,
): Promise<Standing> {
  const credit = (await findCredit(stripe, invoice)) ?? (await createCredit(stripe, invoice))
  await keep(credit.id)
  return { reference: credit.id, state: 'paid', at: credit.created * 1000 }
}

async function findCredit(
  stripe: Stripe,
  { customer, hash }: InvoiceToCollect,
): Promise<Stripe.CustomerBalanceTransaction | undefined> {
  for await (const one of stripe.customers.listBalanceTransactions(customer, { limit: 100 }))
    if (one.metadata?.['speka_hash'] === hash) return one
  return undefined
}

const createCredit = (
  stripe: Stripe,
  invoice: InvoiceToCollect,
): Promise<Stripe.Response<Stripe.CustomerBalanceTransaction>> =>
  stripe.customers.createBalanceTransaction(
    invoice.customer,
    {
      amount: invoice.totalCents,
      currency: 'usd',
      description: `Credit note ${invoice.number} for ${invoice.month}`,
      metadata: whatIsOurs(invoice),
    },
    { idempotencyKey: keyOf(invoice, 'credit') },
  )
