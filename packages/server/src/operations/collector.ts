import { SpekaError } from '@speka/core'
import type { BillingProvider } from '../payments/billing-provider.ts'
import type { OperationParts } from './operation.ts'

/** Who takes payments, and what the configuration says of that. */
export interface Collector {
  readonly provider: BillingProvider
  /** How long an account goes on that has not paid, in days. */
  readonly graceDays: number
  /** Invoices of months before this one, `YYYY-MM`, are handed over only when they are asked for. */
  readonly firstMonth: string | undefined
}

/** @throws SpekaError `invalid_request` when nobody takes payments */
export async function demandCollector({ collector }: Pick<OperationParts, 'collector'>): Promise<Collector> {
  const found = await collector?.()
  if (found !== undefined) return found
  throw new SpekaError('invalid_request', 'Nobody takes payments here yet: say billing.stripe in the configuration.')
}
