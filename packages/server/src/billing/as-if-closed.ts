import type { Store } from '../store/store.ts'
import { withIssued, type AccountHistory } from './account-history.ts'
import { gatherFacts, type Terms } from './gather-facts.ts'
import { toIssue } from './issued-document.ts'
import { nextMonth, spanOfMonth } from './month.ts'
import { reckonInvoice } from './reckon-invoice.ts'

/**
 * The history of an account as it will be once every month before one is closed: those that have no invoice yet get the one that
 * they come to now, in their order, as closing issues them. So a month's draft has what they will leave of credit, and nothing
 * that will stand on theirs.
 *
 * @param month `YYYY-MM`
 * @param termsOf what is in force for the account in a month
 */
export async function asIfClosed(
  { ledger, invoices }: Pick<Store, 'ledger' | 'invoices'>,
  history: AccountHistory,
  month: string,
  termsOf: (month: string) => Terms,
): Promise<AccountHistory> {
  const [first] = await invoices.list({ limit: 1 })
  const used = history.months.filter(({ charge }) => charge !== 0n).map((one) => one.month)
  const adjusted = history.adjustments.map((one) => one.month)
  // Months before the first that was ever closed stay without invoices, and spend nothing. While none was, they are taken to be closed
  // from the first on; where nothing was used, nothing was spent.
  let open = first?.month ?? [...used, ...adjusted].toSorted()[0] ?? month
  let closed = history
  for (; open < month; open = nextMonth(open)) {
    if (history.account.createdAt >= spanOfMonth(open).until || closed.before.months.has(open)) continue
    const body = reckonInvoice(await gatherFacts(ledger, closed, open, termsOf(open)))
    if (body !== undefined) closed = withIssued(closed, { ...toIssue(body, 0), number: 'draft' })
  }
  return closed
}
