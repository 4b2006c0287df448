import type { DatabaseSync } from 'node:sqlite'
import { chainInvoice, numberYear } from '../../invoice-chain.ts'
import type { InvoiceToIssue, IssuedInvoice } from '../../invoices.ts'
import type { InTransaction } from './registry.ts'

/** What the thread does with invoices. */
export interface InvoiceDatabase {
  issueInvoices(invoices: readonly InvoiceToIssue[]): IssuedInvoice[]
  findInvoice(number: string): IssuedInvoice | undefined
  /** @param limit -1: all. */
  listInvoices(account: string | null, month: string | null, after: string | null, limit: number): IssuedInvoice[]
}

const SELECT = `
  SELECT number, account, month, issued_at AS issuedAt, body, previous_hash AS previousHash, hash FROM invoice`

/** Prepares the statements of invoices on an open database. */
export function invoiceDatabase(db: DatabaseSync, inTransaction: InTransaction): InvoiceDatabase {
  const byNumber = db.prepare(`${SELECT} WHERE number = ?`)
  const ofMonth = db.prepare(`${SELECT} WHERE account = ? AND month = ?`)
  const last = db.prepare('SELECT n, hash FROM invoice ORDER BY n DESC LIMIT 1')
  // From the newest back, so that the first looked at is nearly always the one.
  const lastOfYear = db.prepare('SELECT number FROM invoice WHERE substr(number, 1, 5) = ? ORDER BY n DESC LIMIT 1')
  const insert = db.prepare('INSERT INTO invoice VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const all = db.prepare(`${SELECT} ORDER BY n LIMIT ?`)
  const list = (where: string) => db.prepare(`${SELECT} WHERE ${where} ORDER BY n LIMIT ?`)
  const AFTER = 'n > (SELECT n FROM invoice WHERE number = ?)'
  const lists = new Map([
    ['account', list('account = ?')],
    ['month', list('month = ?')],
    ['after', list(AFTER)],
    ['account month', list('account = ? AND month = ?')],
    ['account after', list(`account = ? AND ${AFTER}`)],
    ['month after', list(`month = ? AND ${AFTER}`)],
    ['account month after', list(`account = ? AND month = ? AND ${AFTER}`)],
  ])

  function issue(invoice: InvoiceToIssue): IssuedInvoice {
    const there = ofMonth.get(invoice.account, invoice.month)
    if (there !== undefined) return there as unknown as IssuedInvoice
    const before = last.get() as { n: number; hash: string } | undefined
    const number = lastOfYear.get(numberYear(invoice))?.['number'] as string | undefined
    const next = chainInvoice(invoice, { hash: before?.hash, number })
    const { account, month, issuedAt, body, previousHash, hash } = next
    insert.run((before?.n ?? 0) + 1, next.number, account, month, issuedAt, body, previousHash, hash)
    return next
  }

  return {
    issueInvoices: (invoices) => inTransaction(() => invoices.map(issue)),
    findInvoice: (number) => byNumber.get(number) as IssuedInvoice | undefined,
    listInvoices(account, month, after, limit) {
      const given = Object.entries({ account, month, after }).filter((entry) => entry[1] !== null)
      const statement = lists.get(given.map(([name]) => name).join(' ')) ?? all
      return statement.all(...given.map(([, value]) => value), limit) as unknown as IssuedInvoice[]
    },
  }
}
