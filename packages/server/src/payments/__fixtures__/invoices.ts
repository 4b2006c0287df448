import { createHash } from 'node:crypto'
import type { InvoiceBody, InvoiceLine } from '../../billing/invoice-document.ts'
import type { Invoices, IssuedInvoice } from '../../store/invoices.ts'

/** 2026-12-02, at night. */
const ISSUED = Date.UTC(2026, 11, 2)

const usage = (usd: string): InvoiceLine => ({
  kind: 'usage',
  team: null,
  key: null,
  model: 'acme/large',
  unit: 'input',
  quantity: 1,
  unit_price_usd: usd,
  per: 1,
  price_source: null,
  price_as_of: null,
  price_condition: null,
  amount_usd: usd,
})

const [FROM, UNTIL] = ['2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z']

/** An invoice of 19.00 for the plan, some usage of which the allowance pays 25.00, and tax of 19 %: 31.42 in all. */
export const invoiceBodyOf = (account: string, over: Partial<InvoiceBody> = {}): InvoiceBody => ({
  kind: 'invoice',
  account,
  month: '2026-11',
  currency: 'USD',
  seller: { name: 'Acme', address: null, country: null, tax_id: null },
  buyer: { name: 'Buyer', address: null, country: 'DE', tax_id: null },
  lines: [
    { kind: 'fee', plan: 'starter', from: FROM, until: UNTIL, monthly_usd: '19', amount_usd: '19' },
    usage('30.004'),
    usage('2.402000000001'),
    { kind: 'allowance', allowance_usd: '25', amount_usd: '-25' },
  ],
  usage_usd: '32.406000000001',
  requests: 2,
  net_exact_usd: '26.406000000001',
  rounding_usd: '-0.006000000001',
  net_usd: '26.4',
  tax: [{ country: 'DE', rate_percent: '19', reverse_charge: false, net_usd: '26.4', tax_usd: '5.02' }],
  total_usd: '31.42',
  ...over,
})

/** A credit note over 4.50. */
export const creditNoteOf = (account: string): InvoiceBody =>
  invoiceBodyOf(account, {
    kind: 'credit_note',
    lines: [
      {
        kind: 'adjustment',
        adjustment: 'adj_1',
        of: 'amount',
        about: '2026-10',
        reason: 'A price was wrong',
        amount_usd: '-4.5',
      },
    ],
    usage_usd: '0',
    net_exact_usd: '-4.5',
    rounding_usd: '0',
    net_usd: '-4.5',
    tax: [],
    total_usd: '-4.5',
  })

/** Issued invoices in an array, numbered as a store numbers them. */
export function invoicesOf(...bodies: readonly InvoiceBody[]): Pick<Invoices, 'find' | 'list'> & {
  add(body: InvoiceBody): IssuedInvoice
} {
  const issued: IssuedInvoice[] = []
  const add = (body: InvoiceBody): IssuedInvoice => {
    const number = `2026-${String(issued.length + 1).padStart(6, '0')}`
    const text = JSON.stringify(body)
    const invoice: IssuedInvoice = {
      account: body.account,
      month: body.month,
      issuedAt: ISSUED,
      body: text,
      number,
      hash: createHash('sha256').update(`${number} ${text}`).digest('hex'),
      previousHash: issued.at(-1)?.hash ?? '0'.repeat(64),
    }
    issued.push(invoice)
    return invoice
  }
  bodies.forEach(add)
  return {
    add,
    find: async (number) => issued.find((one) => one.number === number),
    list: async ({ account, month, after = '', limit = Infinity } = {}) =>
      issued
        .filter((one) => (account ?? one.account) === one.account && (month ?? one.month) === one.month)
        .filter(({ number }) => number > after)
        .slice(0, limit),
  }
}
