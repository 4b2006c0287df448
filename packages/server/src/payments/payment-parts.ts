import type { NewAlert } from '../store/alerts.ts'
import type { Invoices } from '../store/invoices.ts'
import type { Registry } from '../store/registry.ts'
import type { Webhook } from '../alerts/alert-rules.ts'
import type { BillingProvider } from './billing-provider.ts'

/** Keeps an alert, made for whom it is to be sent to. One that is there already is not kept again. */
export type TellOfPayment = (make: (to: readonly Webhook[]) => NewAlert) => Promise<void>

/** What payments are looked after with. */
export interface PaymentParts {
  readonly registry: Registry
  readonly invoices: Pick<Invoices, 'find' | 'list'>
  readonly provider: BillingProvider
  /** The time in ms since the epoch. */
  readonly now: () => number
  /** How long an account goes on that has not paid, in days. */
  readonly graceDays: number
  readonly tell: TellOfPayment
}
