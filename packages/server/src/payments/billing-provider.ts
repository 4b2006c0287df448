import type { AccountRecord, PaymentRecord } from '../store/records.ts'

/** What has become of an invoice at whoever takes the payment. */
export type PaymentState = PaymentRecord['state']

/** One line of what is to be collected, in whole cents: below zero in the customer's favour. */
export interface CollectedItem {
  /** Tells it from the other lines of its invoice: the same each time it is handed over. */
  readonly key: string
  readonly description: string
  readonly cents: number
}

/** An invoice that was issued, as it is handed over. The sum of its items is its total, to the cent. */
export interface InvoiceToCollect {
  readonly number: string
  /** Of the issued invoice: two gateways may have an invoice of one number, and never of one hash. */
  readonly hash: string
  readonly month: string
  /** The provider's id of who pays. */
  readonly customer: string
  /** Whether what he has left with the provider is charged. Else the invoice is sent to him. */
  readonly isCharged: boolean
  /** Below zero: a credit note, which lowers what he pays next. */
  readonly totalCents: number
  readonly items: readonly CollectedItem[]
}

/** How an invoice stands at the provider, and since when by its clock, in ms since the epoch. */
export interface Standing {
  /** The provider's id of it. */
  readonly reference: string
  readonly state: PaymentState
  readonly at: number
}

/** A page of the provider's own, where somebody is to be sent. */
export interface PaymentLink {
  readonly url: string
  /** Until when it works, in ms since the epoch; `undefined`: the provider does not say. */
  readonly expiresAt: number | undefined
}

/** A message of the provider as it came, byte for byte. */
export interface SignedMessage {
  readonly body: Uint8Array
  readonly signature: string
  /** When it came, in ms since the epoch. */
  readonly receivedAt: number
}

/** Something that has happened at the provider, in ms since the epoch by its clock. */
export type PaymentEvent =
  | {
      readonly kind: 'payment'
      readonly id: string
      readonly at: number
      /** The number of our invoice, and the provider's id of its own. */
      readonly invoice: string
      readonly reference: string
      readonly state: Exclude<PaymentState, 'pending' | 'open'>
    }
  | {
      readonly kind: 'refund'
      readonly id: string
      readonly at: number
      readonly invoice: string
      readonly reference: string
      /** The provider's id of the payment of which something was given back, and how much of it so far, in cents. */
      readonly charge: string
      readonly cents: number
    }
  | {
      readonly kind: 'subscribed'
      readonly id: string
      readonly at: number
      readonly account: string
      readonly plan: string
      readonly customer: string
      readonly checkout: string
      readonly subscription: string
    }
  | {
      readonly kind: 'unsubscribed'
      readonly id: string
      readonly at: number
      readonly account: string
      readonly subscription: string
    }

/** From when until before when something has happened, in ms since the epoch by the provider's clock. */
export interface EventSpan {
  readonly from: number
  readonly until: number
}

/** Something that the provider has on record. */
export interface HeardEvent {
  readonly id: string
  /** What it says; `undefined`: nothing that matters here. */
  read(): Promise<PaymentEvent | undefined>
}

/**
 * Whoever takes payments. Speka reckons what is owed and the provider collects it: every cent comes from an issued invoice.
 * Each method may be called again with the same arguments, after any failure, and then has the same effect once.
 */
export interface BillingProvider {
  /** As accounts and payments name it: `stripe`. */
  readonly name: string
  /** Makes who pays for an account. @returns the provider's id of him */
  createCustomer(account: AccountRecord): Promise<string>
  /** Tells the provider what he is called now, and where he is reached. */
  describeCustomer(customer: string, account: AccountRecord): Promise<void>
  /**
   * Hands an invoice over, or goes on where that broke off.
   *
   * @param known the provider's id of it, where it is known from before.
   * @param keep called with that id as soon as there is one, and waited for.
   */
  collect(
    invoice: InvoiceToCollect,
    known: string | undefined,
    keep: (reference: string) => Promise<void>,
  ): Promise<Standing>
  /** A page where a customer leaves a payment method, by which he takes a plan. */
  openCheckout(customer: string, account: string, plan: string): Promise<PaymentLink>
  /** A page where a customer sees his invoices, and changes his payment method. */
  openPortal(customer: string): Promise<PaymentLink>
  /** Has invoices paid by what was left at a checkout. @returns whether its subscription goes on */
  usePaymentMethodOf(subscription: string, customer: string): Promise<boolean>
  /** Ends a subscription, if it has not ended yet. */
  endSubscription(subscription: string): Promise<void>
  /**
   * What a message says; `undefined`: nothing that matters here.
   *
   * @throws SpekaError `invalid_request` when it is not the provider's, or an old one sent once more.
   */
  readMessage(message: SignedMessage): Promise<PaymentEvent | undefined>
  /** What has happened in a span of time, the oldest first, whether or not a message of it has come. */
  listEvents(span: EventSpan): AsyncIterable<HeardEvent>
  /** How an invoice stands now. @param reference the provider's id of it */
  standingOf(reference: string): Promise<Standing>
}
