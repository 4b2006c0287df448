import { createHash } from 'node:crypto'
import type { InvoiceToIssue, IssuedInvoice } from './invoices.ts'

/** What the next invoice follows. */
export interface LastInvoice {
  /** The hash of the one that was issued last; `undefined`: none was. */
  readonly hash: string | undefined
  /** The number of the one that was issued last with the year of the next; `undefined`: none was. */
  readonly number: string | undefined
}

const NOTHING_BEFORE = '0'.repeat(64)

const NUMBER_DIGITS = 6

/** The part of a number that says the year in which an invoice was issued, in UTC: `2026-`. */
export const numberYear = ({ issuedAt }: Pick<InvoiceToIssue, 'issuedAt'>): string =>
  `${String(new Date(issuedAt).getUTCFullYear()).padStart(4, '0')}-`

/** An invoice with the next number, in its place behind the one before. */
export function chainInvoice(invoice: InvoiceToIssue, last: LastInvoice): IssuedInvoice {
  const { account, month, issuedAt, body } = invoice
  const number = nextNumber(numberYear(invoice), last.number)
  const previousHash = last.hash ?? NOTHING_BEFORE
  const named = { account, month, issuedAt, body, number, previousHash }
  return { ...named, hash: hashOf(named) }
}

function nextNumber(year: string, last: string | undefined): string {
  const before = last === undefined ? 0 : Number(last.slice(year.length))
  return year + String(before + 1).padStart(NUMBER_DIGITS, '0')
}

/** None of the values before the body has a line end, so that what stands where is certain. */
function hashOf({ previousHash, number, account, month, issuedAt, body }: Omit<IssuedInvoice, 'hash'>): string {
  const text = [previousHash, number, account, month, String(issuedAt), body].join('\n')
  return createHash('sha256').update(text).digest('hex')
}

/** What is wrong with invoices as they are kept. */
export interface InvoiceChainProblem {
  readonly problem: 'changed' | 'out_of_chain' | 'missing_number' | 'issued_twice'
  /** The number of the invoice, or the one that is missing. */
  readonly number: string
  /** The same in words, for whoever has to look after it. */
  readonly message: string
}

/**
 * Holds invoices against each other: whether each is as it was issued, follows the one before, has the next number of its
 * year, and is the only one of its account and month.
 *
 * @param invoices all there are, in the order in which they were issued.
 */
export function checkChain(invoices: Iterable<IssuedInvoice>): InvoiceChainProblem[] {
  const problems: InvoiceChainProblem[] = []
  const lastOfYear = new Map<string, string>()
  const issued = new Map<string, string>()
  let hash: string | undefined
  for (const invoice of invoices) {
    const { number } = invoice
    const year = numberYear(invoice)
    const expected = nextNumber(year, lastOfYear.get(year))
    if (number !== expected) {
      problems.push({
        problem: 'missing_number',
        number: expected,
        message: `${expected} is missing: ${number} is there`,
      })
    }
    if (invoice.hash !== hashOf(invoice)) {
      problems.push({ problem: 'changed', number, message: `${number} is not as it was issued: its hash does not fit` })
    }
    if (invoice.previousHash !== (hash ?? NOTHING_BEFORE)) {
      const message = `${number} does not follow the invoice before: its previous hash does not fit`
      problems.push({ problem: 'out_of_chain', number, message })
    }
    const of = `${invoice.account} ${invoice.month}`
    const other = issued.get(of)
    if (other !== undefined) {
      const message = `${number} is of ${invoice.account} and ${invoice.month}, and so is ${other}`
      problems.push({ problem: 'issued_twice', number, message })
    }
    issued.set(of, number)
    lastOfYear.set(year, number)
    hash = invoice.hash
  }
  return problems
}
