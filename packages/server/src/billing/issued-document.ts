import { SpekaError } from '@speka/core'
import type { InvoiceToIssue, IssuedInvoice } from '../store/invoices.ts'
import { canonicalJson } from './canonical-json.ts'
import { invoiceBody, type InvoiceBody, type InvoiceDocument } from './invoice-document.ts'

/** What is issued of a body. @param issuedAt in ms since the epoch */
export const toIssue = (body: InvoiceBody, issuedAt: number): InvoiceToIssue => ({
  account: body.account,
  month: body.month,
  issuedAt,
  body: canonicalJson(body),
})

/** What an issued invoice says. @throws SpekaError `internal_error` when it is not what was written */
export function issuedBody({ number, body }: Pick<IssuedInvoice, 'number' | 'body'>): InvoiceBody {
  const read = invoiceBody.safeParse(jsonIn(body))
  if (read.success) return read.data
  const message = `The invoice ${number} cannot be read. "speka ledger verify" says which are not as they were issued.`
  throw new SpekaError('internal_error', message, { cause: read.error })
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An issued invoice with all that stands on it. */
export const issuedDocument = (invoice: IssuedInvoice): InvoiceDocument => ({
  ...issuedBody(invoice),
  state: 'final',
  number: invoice.number,
  issued_at: new Date(invoice.issuedAt).toISOString(),
  hash: invoice.hash,
  previous_hash: invoice.previousHash,
})

/** What a month comes to so far. */
export const draftDocument = (body: InvoiceBody): InvoiceDocument => ({
  ...body,
  state: 'draft',
  number: null,
  issued_at: null,
  hash: null,
  previous_hash: null,
})
