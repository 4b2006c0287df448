import { SpekaError } from '@speka/core'
import { z } from 'zod'
import type { Actor } from '../actor.ts'
import { month } from './billing-month.ts'
import { id, page } from './fields.ts'
import { findOwnInvoice, invoiceView, viewInvoice } from './invoice-view.ts'
import { operation, type OperationParts } from './operation.ts'
import { accountToList } from './own-account.ts'

/** Invoices that were issued, in the order in which they were. Who belongs to an account sees that one's. */
export const listInvoices = operation({
  right: 'invoices.read',
  input: z.strictObject({
    account: id.optional(),
    month: month.optional(),
    /** Only those behind the one with this number. */
    ...page,
  }),
  output: z.array(invoiceView),
  async run(parts, { account: asked, ...query }, actor) {
    const account = await accountToList(parts, actor, asked)
    await behindInvoice(parts, actor, query.after)
    return (await parts.store.invoices.list({ ...query, account })).map(viewInvoice)
  },
})

/** An empty page would say that the list has ended. @throws SpekaError `invalid_value` */
async function behindInvoice(parts: OperationParts, actor: Actor, after: string | undefined): Promise<void> {
  if (after === undefined) return
  await findOwnInvoice(parts, actor, after).catch((cause: unknown) => {
    throw new SpekaError('invalid_value', 'after must be the number of an invoice of this list.', {
      param: 'after',
      cause,
    })
  })
}
