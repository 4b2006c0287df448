import { z } from 'zod'
import { invoiceDocument } from '../billing/invoice-document.ts'
import { issuedDocument } from '../billing/issued-document.ts'
import { id } from './fields.ts'
import { findOwnInvoice } from './invoice-view.ts'
import { operation } from './operation.ts'

/** An invoice as it was issued. */
export const showInvoice = operation({
  right: 'invoices.read',
  input: z.strictObject({ number: id }),
  output: invoiceDocument,
  async run(parts, { number }, actor) {
    return issuedDocument(await findOwnInvoice(parts, actor, number))
  },
})
