import { z } from 'zod'
import { readHistory } from '../billing/account-history.ts'
import { asIfClosed } from '../billing/as-if-closed.ts'
import { configuredKeysOf, termsFor } from '../billing/billing-in-force.ts'
import { gatherFacts } from '../billing/gather-facts.ts'
import { invoiceDocument } from '../billing/invoice-document.ts'
import { draftDocument, issuedDocument } from '../billing/issued-document.ts'
import { reckonDraft } from '../billing/reckon-invoice.ts'
import { demandMonthOf, inForceOf, month } from './billing-month.ts'
import { id } from './fields.ts'
import { operation } from './operation.ts'
import { accountOf } from './own-account.ts'

/**
 * The invoice of an account and month: as it was issued, or, while it was not, what it comes to now. A draft has all that was
 * settled before it was asked for, and what earlier months that are still open will leave of credit.
 */
export const draftInvoice = operation({
  right: 'invoices.read',
  input: z.strictObject({
    /** Default: one's own, which of an operator is the account `default`. */
    account: id.optional(),
    month,
  }),
  output: invoiceDocument,
  async run(parts, wanted, actor) {
    const { store } = parts
    const { record: account } = await accountOf(parts, actor, wanted.account)
    const now = parts.now()
    demandMonthOf(account, wanted.month, now)
    const [issued] = await store.invoices.list({ account: account.id, month: wanted.month, limit: 1 })
    if (issued !== undefined) return issuedDocument(issued)
    const inForce = await inForceOf(parts)
    const history = await readHistory(store, account, configuredKeysOf(inForce, account))
    const termsOf = (of: string) => termsFor(inForce, account, of, now)
    const closed = await asIfClosed(store, history, wanted.month, termsOf)
    return draftDocument(reckonDraft(await gatherFacts(store.ledger, closed, wanted.month, termsOf(wanted.month))))
  },
})
