import type { InvoiceDocument, InvoiceLine } from './invoice-document.ts'

/** What stands on an invoice for people, the same in a terminal and on paper. */

type Usage = Extract<InvoiceLine, { kind: 'usage' }>
type Charge = Exclude<InvoiceLine, Usage>

/** Amounts as people read them: at least two decimals, thousands apart. Every decimal is kept. */
export function money(text: string): string {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  return `${text.startsWith('-') ? '-' : ''}${thousands(whole)}.${fraction.padEnd(2, '0')}`
}

/** A whole number with its thousands apart. */
export const thousands = (whole: string | number): string => String(whole).replace(/\B(?=(\d{3})+$)/g, ',')

/** A moment to the minute; whatever is no moment stays as it is written. */
function minute(moment: string): string {
  const at = new Date(moment)
  return Number.isNaN(at.getTime()) ? moment : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Its day, in UTC. */
export const day = (moment: string): string => minute(moment).slice(0, 10)

/** What a document is called. */
export const titleOf = ({ kind, state }: InvoiceDocument): string =>
  state === 'draft'
    ? `Draft ${kind === 'credit_note' ? 'credit note' : 'invoice'}`
    : kind === 'credit_note'
      ? 'Credit note'
      : 'Invoice'

const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' })

/** The English name of a country; a code that is none stays as it is. */
export const countryName = (code: string): string => (/^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code)

/** What a unit is called: `cached input`, `image`; `null`: requests without one. */
export const unitName = ({ unit }: Usage): string => (unit === null ? 'requests' : unit.replaceAll('_', ' '))

/** The price of a unit: `0.20 per 1M`, `0.04 each`. */
export const unitPrice = ({ unit_price_usd: price, per }: Usage): string =>
  price === null ? '' : `${money(price)} ${per === 1 ? 'each' : 'per 1M'}`

/** Where a price comes from, since when it holds, and under which condition. */
export const priceSource = ({ price_source: source, price_as_of: asOf, price_condition: condition }: Usage): string =>
  [source && asOf ? `${source}, ${asOf}` : source, condition].filter(Boolean).join('; ')

/** What a line other than usage charges or pays, and what there is to know of it. */
export function chargeText(line: Charge): { readonly what: string; readonly detail: string } {
  switch (line.kind) {
    case 'fee':
      return {
        what: `Plan ${line.plan}`,
        detail: `${minute(line.from)} until ${minute(line.until)}; ${money(line.monthly_usd)} a month`,
      }
    case 'late_usage':
      return {
        what: `Late usage of ${line.month}`,
        detail: `${thousands(line.requests)} requests recorded after its invoice`,
      }
    case 'allowance':
      return { what: 'Allowance of the plan', detail: `${money(line.allowance_usd)} included in this month` }
    case 'credit':
      return {
        what: 'Credit',
        detail: [
          line.note ?? line.grant,
          `${money(line.left_usd)} left`,
          line.expires_at === null ? '' : `expires ${minute(line.expires_at)}`,
        ]
          .filter(Boolean)
          .join('; '),
      }
    case 'adjustment':
      return {
        what: `Adjustment${line.about === null ? '' : ` of ${line.about}`}`,
        detail: `${line.reason} (${line.of === 'usage' ? 'of usage' : 'after allowance and credit'})`,
      }
  }
}

/** A line of tax. */
export const taxText = (tax: InvoiceDocument['tax'][number]): { readonly what: string; readonly detail: string } => ({
  what: `Tax, ${countryName(tax.country)}, ${tax.rate_percent} %`,
  detail: tax.reverse_charge
    ? 'Reverse charge: the buyer owes this tax, and the seller charges none'
    : `of ${money(tax.net_usd)}`,
})
