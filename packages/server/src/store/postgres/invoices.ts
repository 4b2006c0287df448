import { chainInvoice, numberYear } from '../invoice-chain.ts'
import type { Invoices, InvoiceToIssue, IssuedInvoice } from '../invoices.ts'
import { inTurn } from './in-turn.ts'
import type { StateParts } from './registry.ts'
import { statement, type Row, type Session } from './session.ts'

const SELECT = 'SELECT number, account, month, issued_at, body, previous_hash, hash FROM invoice'

const BY_NUMBER = statement(`${SELECT} WHERE number = $1`)
const LIST = statement(`
  ${SELECT} WHERE ($1::text IS NULL OR account = $1) AND ($2::text IS NULL OR month = $2)
    AND ($3::text IS NULL OR n > (SELECT n FROM invoice WHERE number = $3))
  ORDER BY n LIMIT $4::bigint`)

/** Taken before anything is looked at, so that what is seen stays as it is until all are issued. */
const TAKE_TURN = statement('SELECT FROM invoice_turn FOR UPDATE')
const LAST = statement('SELECT n, hash FROM invoice ORDER BY n DESC LIMIT 1')
const LAST_OF_YEAR = statement('SELECT number FROM invoice WHERE left(number, 5) = $1 ORDER BY n DESC LIMIT 1')
const THERE = statement(`
  ${SELECT} JOIN unnest($1::text[], $2::text[]) AS wanted (account, month) USING (account, month)`)
const INSERT = statement(`
  INSERT INTO invoice (n, number, account, month, issued_at, body, previous_hash, hash)
  SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[])`)

/** How many invoices go into one statement. */
const AT_ONCE = 500

/** Invoices in a table that is only ever appended to. */
export function postgresInvoices({ database, ask }: StateParts): Invoices {
  const oneAtATime = inTurn()
  return {
    issue: (invoices) =>
      ask(async () => {
        if (invoices.length === 0) return []
        return oneAtATime(() => database.transact((session) => issue(session, invoices)))
      }),
    find: (number) =>
      ask(async () => {
        const [row] = (await database.run(BY_NUMBER, [number])).rows
        return row === undefined ? undefined : invoiceOf(row)
      }),
    list: ({ account = null, month = null, after = null, limit = null } = {}) =>
      ask(async () => (await database.run(LIST, [account, month, after, limit])).rows.map(invoiceOf)),
  }
}

async function issue(session: Session, invoices: readonly InvoiceToIssue[]): Promise<IssuedInvoice[]> {
  await session.run(TAKE_TURN)
  const there = await issuedBefore(session, invoices)
  const [row] = (await session.run(LAST)).rows
  let hash = row === undefined ? undefined : String(row['hash'])
  const numbers = new Map<string, string | undefined>()
  const fresh: IssuedInvoice[] = []
  const all: IssuedInvoice[] = []
  for (const invoice of invoices) {
    let issued = there.get(nameOf(invoice))
    if (issued === undefined) {
      const year = numberYear(invoice)
      if (!numbers.has(year)) numbers.set(year, await lastOfYear(session, year))
      issued = chainInvoice(invoice, { hash, number: numbers.get(year) })
      hash = issued.hash
      numbers.set(year, issued.number)
      there.set(nameOf(invoice), issued)
      fresh.push(issued)
    }
    all.push(issued)
  }
  await insert(session, fresh, Number(row?.['n'] ?? 0))
  return all
}

async function issuedBefore(
  session: Session,
  invoices: readonly InvoiceToIssue[],
): Promise<Map<string, IssuedInvoice>> {
  const { rows } = await session.run(THERE, [
    invoices.map(({ account }) => account),
    invoices.map(({ month }) => month),
  ])
  return new Map(rows.map(invoiceOf).map((issued) => [nameOf(issued), issued]))
}

async function lastOfYear(session: Session, year: string): Promise<string | undefined> {
  const [row] = (await session.run(LAST_OF_YEAR, [year])).rows
  return row === undefined ? undefined : String(row['number'])
}

async function insert(session: Session, invoices: readonly IssuedInvoice[], lastN: number): Promise<void> {
  for (let from = 0; from < invoices.length; from += AT_ONCE) {
    const some = invoices.slice(from, from + AT_ONCE)
    await session.run(INSERT, [
      some.map((_, index) => lastN + from + index + 1),
      some.map(({ number }) => number),
      some.map(({ account }) => account),
      some.map(({ month }) => month),
      some.map(({ issuedAt }) => issuedAt),
      some.map(({ body }) => body),
      some.map(({ previousHash }) => previousHash),
      some.map(({ hash }) => hash),
    ])
  }
}

const nameOf = ({ account, month }: Pick<InvoiceToIssue, 'account' | 'month'>): string => `${account} ${month}`

const invoiceOf = (row: Row): IssuedInvoice => ({
  number: String(row['number']),
  account: String(row['account']),
  month: String(row['month']),
  issuedAt: Number(row['issued_at']),
  body: String(row['body']),
  previousHash: String(row['previous_hash']),
  hash: String(row['hash']),
})
