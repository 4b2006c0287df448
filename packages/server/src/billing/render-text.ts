import { alignedLines } from '../tables/aligned-lines.ts'
import type { InvoiceDocument } from './invoice-document.ts'
import { chargeText, countryName, day, money, taxText, titleOf } from './line-text.ts'
import type { UsageLine } from './usage-lines.ts'
import { sumOf, usageTree } from './usage-tree.ts'

/** An invoice as a summary for a terminal: who, what is charged and paid, and usage by team, key and model. */
export function renderText(document: InvoiceDocument): string {
  const usage = document.lines.filter((line): line is UsageLine => line.kind === 'usage')
  return [
    `${titleOf(document)} of ${document.month}`,
    '',
    ...headOf(document),
    '',
    ...alignedLines(['charge', 'detail', 'amount in USD'], withEqualDecimals(chargesOf(document, usage))),
    ...(usage.length === 0 ? [] : ['', ...usageOf(usage)]),
    '',
  ].join('\n')
}

/** Letters that move a cursor or begin another line have no place in a cell. */
const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')

const partyText = ({ name, address, country, tax_id: taxId }: InvoiceDocument['seller']): string =>
  [name, address, country === null ? '' : countryName(country), taxId === null ? '' : `tax id ${taxId}`]
    .filter((part) => part !== '' && part !== null)
    .join(', ')

function headOf({ account, seller, buyer, number, issued_at: issued, hash }: InvoiceDocument): string[] {
  const facts = {
    account,
    seller: partyText(seller),
    buyer: partyText(buyer),
    number,
    date: issued === null ? null : day(issued),
    hash,
  }
  const said = Object.entries(facts).flatMap(([name, value]) => (value === null ? [] : [[name, plain(value)]]))
  return alignedLines(['', ''], said).slice(1)
}

/** Usage stands here as one line, where its first line stands on the invoice. */
function chargesOf(document: InvoiceDocument, usage: readonly UsageLine[]): string[][] {
  const [first] = usage
  const lines = document.lines.flatMap((line) => {
    if (line.kind !== 'usage') {
      const { what, detail } = chargeText(line)
      return [[what, detail, line.amount_usd]]
    }
    return line === first ? [['Usage', 'by team, key and model below', sumOf(usage)]] : []
  })
  return [
    ...lines,
    ['Sum of the lines', '', document.net_exact_usd],
    ['Rounding', 'to cents, half to even', document.rounding_usd],
    ['Net', '', document.net_usd],
    ...document.tax.map((tax) => [taxText(tax).what, taxText(tax).detail, tax.tax_usd]),
    ['Total', '', document.total_usd],
  ]
}

const usageOf = (usage: readonly UsageLine[]): string[] =>
  alignedLines(
    ['team', 'key', 'model', 'amount in USD'],
    withEqualDecimals(
      usageTree(usage).flatMap((team) =>
        team.inner.flatMap((key) => key.inner.map((model) => [team.name, key.name, model.name, model.amount_usd])),
      ),
    ),
  )

const decimalsOf = (amount: string): number => amount.length - amount.indexOf('.') - 1

/** The last cell of each row is an amount: decimal points stand below each other, and every decimal is kept. */
function withEqualDecimals(rows: readonly (readonly string[])[]): string[][] {
  const amounts = rows.map((row) => money(row.at(-1) ?? ''))
  const most = amounts.reduce((longest, amount) => Math.max(longest, decimalsOf(amount)), 0)
  return rows.map((row, index) => {
    const amount = amounts[index] ?? ''
    return [...row.slice(0, -1).map(plain), amount + '0'.repeat(most - decimalsOf(amount))]
  })
}
