import type Stripe from 'stripe'
import { z } from 'zod'

const paidInvoice = z.object({ id: z.string(), metadata: z.record(z.string(), z.string()).nullish() })

/** Which of our invoices a payment has paid: its number, and Stripe's id of its own. `undefined`: none. */
export async function findPaidInvoice(
  stripe: Stripe,
  paymentIntent: string,
): Promise<{ readonly invoice: string; readonly reference: string } | undefined> {
  const payments = await stripe.invoicePayments.list({
    payment: { type: 'payment_intent', payment_intent: paymentIntent },
    expand: ['data.invoice'],
  })
  const { data } = paidInvoice.safeParse(payments.data[0]?.invoice)
  const number = data?.metadata?.['speka_invoice']
  return data === undefined || number === undefined ? undefined : { invoice: number, reference: data.id }
}
