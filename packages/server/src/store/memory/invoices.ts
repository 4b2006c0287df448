import { chainInvoice, numberYear } from '../invoice-chain.ts'
import type { Invoices, InvoiceToIssue, IssuedInvoice } from '../invoices.ts'
import type { Use } from './use.ts'

/** Invoices in a list. */
export function memoryInvoices(use: Use): Invoices {
  const issued: IssuedInvoice[] = []

  function issue(invoice: InvoiceToIssue): IssuedInvoice {
    const there = issued.find(({ account, month }) => account === invoice.account && month === invoice.month)
    if (there !== undefined) return there
    const year = numberYear(invoice)
    const number = issued.findLast((other) => other.number.startsWith(year))?.number
    const next = chainInvoice(invoice, { hash: issued.at(-1)?.hash, number })
    issued.push(next)
    return next
  }

  return {
    issue: (invoices) => use(() => invoices.map(issue)),
    find: (number) => use(() => issued.find((invoice) => invoice.number === number)),
    list: ({ account, month, after, limit = Infinity } = {}) =>
      use(() => {
        const place = after === undefined ? -1 : issued.findIndex(({ number }) => number === after)
        if (after !== undefined && place === -1) return []
        return issued
          .slice(place + 1)
          .filter((invoice) => account === undefined || invoice.account === account)
          .filter((invoice) => month === undefined || invoice.month === month)
          .slice(0, limit)
      }),
  }
}
