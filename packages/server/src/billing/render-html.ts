import { escapeHtml } from './escape-html.ts'
import type { InvoiceDocument } from './invoice-document.ts'
import { invoiceStyle } from './invoice-style.ts'
import {
  chargeText,
  countryName,
  day,
  money,
  priceSource,
  taxText,
  thousands,
  titleOf,
  unitName,
  unitPrice,
} from './line-text.ts'
import type { UsageLine } from './usage-lines.ts'
import { sumOf, usageTree, type UsageGroup } from './usage-tree.ts'

/** An invoice as one page of HTML without anything from elsewhere, made to be printed. */
export function renderHtml(document: InvoiceDocument): string {
  const title = [titleOf(document), document.number, document.month].filter(Boolean).join(' ')
  const foot = `${title}, ${document.seller.name}`
  const usage = document.lines.filter((line): line is UsageLine => line.kind === 'usage')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(foot)}</title>
<style>${invoiceStyle({ foot, fineDigits: fineDigitsOf(document) })}</style>
</head>
<body>
${draftMark(document)}${head(document)}
<main>
${charges(document, usage)}
${usage.length === 0 ? '' : usageTable(usage)}
</main>
${footer(document)}
</body>
</html>
`
}

const fineIn = (usd: string): number => Math.max(0, (usd.split('.')[1] ?? '').length - 2)

/** Amounts stand below each other by their points, so each leaves room for as many digits as the longest has. */
function fineDigitsOf({ lines, net_exact_usd: net, rounding_usd: rounding }: InvoiceDocument): number {
  return lines.reduce((most, line) => Math.max(most, fineIn(line.amount_usd)), Math.max(fineIn(net), fineIn(rounding)))
}

function amount(text: string): string {
  const shown = money(text).replace('-', '−')
  const cents = shown.indexOf('.') + 3
  return `<td class="amount">${shown.slice(0, cents)}<span class="fine">${shown.slice(cents)}</span></td>`
}

const draftMark = ({ state, kind }: InvoiceDocument): string =>
  state === 'draft'
    ? `<p class="draft"><strong>DRAFT</strong>: this is no ${kind === 'credit_note' ? 'credit note' : 'invoice'} yet. It may change until its month is closed.</p>
<div class="mark" aria-hidden="true">DRAFT</div>
`
    : ''

function head(document: InvoiceDocument): string {
  const facts: [string, string | null][] = [
    ['Number', document.number],
    ['Month', `${document.month}, UTC`],
    ['Date', document.issued_at && day(document.issued_at)],
    ['Account', document.account],
    ['Currency', 'US dollars'],
  ]
  return `<header>
<div><h1>${titleOf(document)}</h1><p class="quiet">${escapeHtml(document.seller.name)}</p></div>
<div><p class="quiet">Total, USD</p><p class="due">${money(document.total_usd).replace('-', '−')}</p></div>
</header>
<dl>${facts.map(([name, value]) => (value === null ? '' : `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`)).join('')}</dl>
<section class="parties">
${party('Seller', document.seller)}
${party('Buyer', document.buyer)}
</section>`
}

function party(role: string, { name, address, country, tax_id: taxId }: InvoiceDocument['seller']): string {
  const rest = [
    address === null ? '' : `<p class="address">${escapeHtml(address)}</p>`,
    country === null ? '' : `<p>${escapeHtml(countryName(country))}</p>`,
    taxId === null ? '' : `<p>Tax id ${escapeHtml(taxId)}</p>`,
  ]
  return `<div><h2>${role}</h2><p><strong>${escapeHtml(name)}</strong></p>${rest.join('')}</div>`
}

const charge = ({ what, detail }: { what: string; detail: string }, usd: string, kind = ''): string =>
  `<tr${kind}><th scope="row">${escapeHtml(what)}${detail === '' ? '' : `<small>${escapeHtml(detail)}</small>`}</th>${amount(usd)}</tr>`

/** What is charged and paid, line by line, usage in one; and what it comes to. */
function charges(document: InvoiceDocument, usage: readonly UsageLine[]): string {
  const rows = document.lines.flatMap((line) => {
    if (line.kind !== 'usage') return [charge(chargeText(line), line.amount_usd)]
    return line === usage[0] ? [charge({ what: 'Usage', detail: 'Line by line below' }, sumOf(usage))] : []
  })
  const sums = [
    charge({ what: 'Sum of the lines', detail: '' }, document.net_exact_usd),
    charge({ what: 'Rounding to cents, half to even', detail: '' }, document.rounding_usd),
    charge({ what: 'Net', detail: '' }, document.net_usd),
    ...document.tax.map((tax) => charge(taxText(tax), tax.tax_usd)),
    charge({ what: 'Total, USD', detail: '' }, document.total_usd, ' class="total"'),
  ]
  return `<h2>Charges</h2>
<table>
<colgroup><col><col class="money"></colgroup>
<thead><tr><th scope="col">Charge</th><th scope="col" class="amount">Amount, USD<span class="fine"></span></th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
<tbody class="totals">
${sums.join('\n')}
</tbody>
</table>`
}

const heading = (kind: 'team' | 'key' | 'model', label: string, group: UsageGroup<unknown>): string =>
  `<tr class="${kind}"><th scope="rowgroup" colspan="4">${label}${escapeHtml(group.name)}</th>${amount(group.amount_usd)}</tr>`

/** Usage by team, key and model, each with what it comes to. An account without teams has no headings of teams. */
function usageTable(usage: readonly UsageLine[]): string {
  const teams = usageTree(usage)
  const hasTeams = usage.some(({ team }) => team !== null)
  const bodies = teams.flatMap((team) =>
    team.inner.map((key, index) => {
      const models = key.inner.map((model) => `${heading('model', '', model)}\n${model.inner.map(usageRow).join('\n')}`)
      const ofTeam = hasTeams && index === 0 ? `${heading('team', 'Team: ', team)}\n` : ''
      return `<tbody>\n${ofTeam}${heading('key', 'Key: ', key)}\n${models.join('\n')}\n</tbody>`
    }),
  )
  return `<h2>Usage</h2>
<table class="usage">
<colgroup><col class="unit"><col class="quantity"><col class="price"><col><col class="money"></colgroup>
<thead><tr><th scope="col">Unit</th><th scope="col" class="number">Quantity</th><th scope="col" class="number">Unit price, USD</th><th scope="col">Source of the price</th><th scope="col" class="amount">Amount, USD<span class="fine"></span></th></tr></thead>
${bodies.join('\n')}
</table>`
}

const usageRow = (line: UsageLine): string =>
  `<tr class="line"><td class="unit">${escapeHtml(unitName(line))}</td><td class="number" data-label="Quantity">${thousands(line.quantity)}</td><td class="number" data-label="at">${unitPrice(line)}</td><td class="source">${escapeHtml(priceSource(line))}</td>${amount(line.amount_usd)}</tr>`

const footer = ({ hash, previous_hash: previous }: InvoiceDocument): string => `<footer>
<p>Every line is exact; the sum is rounded once, and tax is on the rounded net.</p>
${hash === null ? '' : `<p>SHA-256 <code>${escapeHtml(hash)}</code></p>`}
${previous === null ? '' : `<p>Follows <code>${escapeHtml(previous)}</code></p>`}
</footer>`
