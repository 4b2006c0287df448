import { SpekaError } from '@speka/core'
import type Stripe from 'stripe'
import type { StripeSettings } from '../../config/stripe-schema.ts'
import type { AccountRecord } from '../../store/records.ts'
import type {
  BillingProvider,
  EventSpan,
  HeardEvent,
  InvoiceToCollect,
  PaymentEvent,
  PaymentLink,
  SignedMessage,
  Standing,
} from '../billing-provider.ts'
import { collectCredit } from './collect-credit.ts'
import { collectInvoice, standingOf } from './collect-invoice.ts'
import { listEvents } from './list-events.ts'
import { readEvent } from './read-event.ts'
import { verifyMessage } from './verify-message.ts'
import { withStripe } from './stripe-trouble.ts'

/** Stripe, by its official library: what Speka means, in Stripe's words. */
export class StripeProvider implements BillingProvider {
  readonly name = 'stripe'
  readonly #stripe: Stripe
  readonly #settings: StripeSettings

  constructor(stripe: Stripe, settings: StripeSettings) {
    this.#stripe = stripe
    this.#settings = settings
  }

  /** Says nothing of him that may change: to a key that was used with other words Stripe gives no customer. */
  createCustomer({ id, createdAt }: AccountRecord): Promise<string> {
    return withStripe(async () => {
      const idempotencyKey = `speka-customer-${id}-${createdAt}`
      const customer = await this.#stripe.customers.create({ metadata: { speka_account: id } }, { idempotencyKey })
      return customer.id
    })
  }

  async describeCustomer(customer: string, { name, email, buyer }: AccountRecord): Promise<void> {
    const { address, country } = buyer ?? {}
    await withStripe(() =>
      this.#stripe.customers.update(customer, {
        name: buyer?.name ?? name,
        ...(email !== undefined && { email }),
        ...((address !== undefined || country !== undefined) && {
          address: { ...(address !== undefined && { line1: address }), ...(country !== undefined && { country }) },
        }),
      }),
    )
  }

  collect(
    invoice: InvoiceToCollect,
    known: string | undefined,
    keep: (reference: string) => Promise<void>,
  ): Promise<Standing> {
    return withStripe(() =>
      invoice.totalCents < 0
        ? collectCredit(this.#stripe, invoice, keep)
        : collectInvoice(this.#stripe, invoice, { known, keep, daysUntilDue: this.#settings.daysUntilDue }),
    )
  }

  /** The subscription costs nothing: it holds the payment method and that there is a plan, and the fee is on Speka's invoice. */
  openCheckout(customer: string, account: string, plan: string): Promise<PaymentLink> {
    const metadata = { speka_account: account, speka_plan: plan }
    const price = {
      currency: 'usd',
      unit_amount: 0,
      recurring: { interval: 'month' },
      product_data: { name: `Plan ${plan}, paid by monthly invoice` },
    } as const
    return withStripe(async () => {
      const session = await this.#stripe.checkout.sessions.create({
        mode: 'subscription',
        customer,
        client_reference_id: account,
        line_items: [{ price_data: price, quantity: 1 }],
        payment_method_collection: 'always',
        subscription_data: { metadata },
        metadata,
        success_url: this.#settings.returnUrl,
        cancel_url: this.#settings.returnUrl,
      })
      if (session.url === null)
        throw new SpekaError('upstream_bad_response', 'Stripe has made a Checkout without an address.')
      return { url: session.url, expiresAt: session.expires_at * 1000 }
    })
  }

  openPortal(customer: string): Promise<PaymentLink> {
    return withStripe(async () => {
      const { url } = await this.#stripe.billingPortal.sessions.create({
        customer,
        return_url: this.#settings.returnUrl,
      })
      return { url, expiresAt: undefined }
    })
  }

  /** What is left at a Checkout belongs to its subscription; invoices beside it are paid by what the customer has. */
  usePaymentMethodOf(subscription: string, customer: string): Promise<boolean> {
    return withStripe(async () => {
      const { default_payment_method: method, status } = await this.#stripe.subscriptions.retrieve(subscription)
      if (status === 'canceled') return false
      const id = typeof method === 'string' ? method : method?.id
      if (id !== undefined)
        await this.#stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } })
      return true
    })
  }

  async endSubscription(subscription: string): Promise<void> {
    await withStripe(async () => {
      const { status } = await this.#stripe.subscriptions.retrieve(subscription)
      if (status !== 'canceled') await this.#stripe.subscriptions.cancel(subscription)
    })
  }

  async readMessage(message: SignedMessage): Promise<PaymentEvent | undefined> {
    const event = verifyMessage(this.#stripe, message, this.#settings.webhookSecrets)
    return withStripe(() => readEvent(this.#stripe, event))
  }

  async *listEvents(span: EventSpan): AsyncGenerator<HeardEvent> {
    const events = listEvents(this.#stripe, span)
    for (;;) {
      const next = await withStripe(() => events.next())
      if (next.done === true) return
      const { id, read } = next.value
      yield { id, read: () => withStripe(read) }
    }
  }

  standingOf(reference: string): Promise<Standing> {
    return withStripe(async () => standingOf(await this.#stripe.invoices.retrieve(reference)))
  }
}
