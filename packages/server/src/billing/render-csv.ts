import { csvLine } from '../tables/csv-line.ts'
import type { InvoiceDocument, InvoiceLine } from './invoice-document.ts'

/** What stands in the columns after those that every row has; what a kind of row has nothing of is left empty. */
const columns = [
  'kind',
  'plan',
  'from',
  'until',
  'monthly_usd',
  'team_id',
  'team',
  'key_id',
  'key',
  'model',
  'unit',
  'quantity',
  'unit_price_usd',
  'per',
  'price_source',
  'price_as_of',
  'price_condition',
  'about_month',
  'reference',
  'note',
  'tax_country',
  'tax_rate_percent',
  'amount_usd',
] as const

type Row = { readonly [Column in (typeof columns)[number]]?: string | number | null | undefined }

/**
 * An invoice as CSV (RFC 4180): a row for each line, then its rounding and its tax, so that the amounts add up to the total.
 * What a spreadsheet would take for a formula is made a text.
 */
export function renderCsv(document: InvoiceDocument): string {
  const { number, state, account, month, lines, tax } = document
  const head = [number ?? '', state, account, month]
  const rows: Row[] = [
    ...lines.map(rowOf),
    { kind: 'rounding', amount_usd: document.rounding_usd },
    ...tax.map((each) => ({
      kind: 'tax',
      note: each.reverse_charge ? 'reverse charge' : null,
      tax_country: each.country,
      tax_rate_percent: each.rate_percent,
      amount_usd: each.tax_usd,
    })),
  ]
  const written = rows.map((row) => csvLine([...head, ...columns.map((column) => String(row[column] ?? ''))]))
  return [csvLine(['invoice', 'state', 'account', 'month', ...columns]), ...written, ''].join('\r\n')
}

function rowOf(line: InvoiceLine): Row {
  const { kind, amount_usd } = line
  switch (line.kind) {
    case 'fee':
      return { kind, plan: line.plan, from: line.from, until: line.until, monthly_usd: line.monthly_usd, amount_usd }
    case 'usage':
      return {
        kind,
        team_id: line.team?.id,
        team: line.team?.name,
        key_id: line.key?.id,
        key: line.key?.name,
        model: line.model,
        unit: line.unit,
        quantity: line.quantity,
        unit_price_usd: line.unit_price_usd,
        per: line.unit_price_usd === null ? null : line.per,
        price_source: line.price_source,
        price_as_of: line.price_as_of,
        price_condition: line.price_condition,
        amount_usd,
      }
    case 'late_usage':
      return { kind, about_month: line.month, quantity: line.requests, amount_usd }
    case 'allowance':
      return { kind, amount_usd }
    case 'credit':
      return { kind, reference: line.grant, note: line.note, until: line.expires_at, amount_usd }
    case 'adjustment':
      return { kind, about_month: line.about, reference: line.adjustment, note: line.reason, amount_usd }
  }
}
