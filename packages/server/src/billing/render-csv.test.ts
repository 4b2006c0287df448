import { formatUsd, picoUsd } from '@speka/core'
import { exampleInvoice, exampleUsage, otherLines } from './__fixtures__/example-invoice.ts'
import { renderCsv } from './render-csv.ts'
import { parseSignedUsd } from './signed-usd.ts'

/** The cells of CSV, by the rules of RFC 4180 alone. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  for (const [, quoted, bare = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare)
    if (end === '\r\n') rows.push([])
  }
  return rows.slice(0, -1)
}

function rowsOf(text: string): Record<string, string>[] {
  const [head = [], ...rows] = readCsv(text)
  return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ''])))
}

const usage = [0, 1, 2].map(exampleUsage)

test('each line is a row, and the amounts of all rows add up to the total, to the last decimal', () => {
  const invoice = exampleInvoice(usage)
  const rows = rowsOf(renderCsv(invoice))
  expect(rows.map(({ kind }) => kind)).toEqual([...invoice.lines.map(({ kind }) => kind), 'rounding', 'tax'])
  expect(rows.slice(0, -2).map((row) => row['amount_usd'])).toEqual(invoice.lines.map((line) => line.amount_usd))
  const sum = rows.reduce((total, row) => total + parseSignedUsd(row['amount_usd'] ?? ''), 0n)
  expect(formatUsd(picoUsd(sum))).toBe(invoice.total_usd)
})

test('a line of usage has its key, model, quantity and price', () => {
  expect(rowsOf(renderCsv(exampleInvoice(usage)))[1]).toMatchObject({
    invoice: '2026-000042',
    month: '2026-10',
    team: 'Search',
    key: 'production-0',
    model: 'deepseek/deepseek-v4-flash',
    unit: 'input',
    quantity: '18204511',
    unit_price_usd: '0.27',
    per: '1000000',
    price_source: 'catalog',
    price_as_of: '2026-10',
    amount_usd: '4.91521797',
  })
})

test('a name that a spreadsheet would run is made a text, and one with quotes and line breaks is one cell', () => {
  const names = ['=HYPERLINK("http://x")', '+1+1', '-2+3', '@SUM(A1)', '\t=1', 'a "b",\r\nc']
  const named = names.map((name, index) => ({ ...exampleUsage(index), key: { id: 'key', name } }))
  const keys = rowsOf(renderCsv(exampleInvoice(named))).flatMap(({ kind, key }) => (kind === 'usage' ? [key] : []))
  expect(keys).toEqual([...names.slice(0, 5).map((name) => `'${name}`), 'a "b",\r\nc'])
})

test('an amount below zero stays a number', () => {
  const rows = rowsOf(renderCsv(exampleInvoice(usage)))
  expect(rows.find(({ kind }) => kind === 'adjustment')?.['amount_usd']).toBe('-0.0412007')
})

test('a draft has no number, and requests without a unit have no price', () => {
  const line = { ...exampleUsage(0), unit: null, unit_price_usd: null, price_source: null, price_as_of: null }
  const draft = exampleInvoice([line], { state: 'draft', number: null })
  expect(rowsOf(renderCsv(draft))[1]).toMatchObject({
    invoice: '',
    state: 'draft',
    unit: '',
    unit_price_usd: '',
    per: '',
  })
})

test('what reasons of lines are about stands in columns of its own', () => {
  const { late, credit, usageAdjustment } = otherLines
  const rows = rowsOf(renderCsv(exampleInvoice([])))
  expect(rows).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'late_usage', about_month: late.month, quantity: '1204' }),
      expect.objectContaining({ kind: 'credit', reference: credit.grant, note: credit.note, until: credit.expires_at }),
      expect.objectContaining({ kind: 'adjustment', about_month: '2026-09', note: usageAdjustment.reason }),
      expect.objectContaining({ kind: 'tax', tax_country: 'DE', tax_rate_percent: '19', note: '' }),
    ]),
  )
})
