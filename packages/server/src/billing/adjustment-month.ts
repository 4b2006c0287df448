import type { Invoices } from '../store/invoices.ts'
import { monthOf, nextMonth } from './month.ts'

/**
 * The month whose invoice has what is adjusted now: the one that runs, or, where that account has an invoice of it already, the
 * next.
 *
 * @param now in ms since the epoch
 */
export async function adjustmentMonth(invoices: Invoices, account: string, now: number): Promise<string> {
  let month = monthOf(now)
  while ((await invoices.list({ account, month, limit: 1 })).length > 0) month = nextMonth(month)
  return month
}
