import type { InvoiceBody, InvoiceLine } from '../billing/invoice-document.ts'
import { divideHalfEven } from '../billing/round-cents.ts'
import { parseSignedUsd } from '../billing/signed-usd.ts'
import type { CollectedItem } from './billing-provider.ts'

const PICO_PER_CENT = 10_000_000_000n

/**
 * The lines of an invoice as they are collected: one of each kind, in whole cents, and of the fee one for each plan. Their sum
 * is the total of the invoice, since what rounding them makes of the net is a line of its own.
 */
export function collectedItems(invoice: InvoiceBody): CollectedItem[] {
  const sums = new Map<string, bigint>()
  for (const line of invoice.lines) {
    const name = nameOf(line)
    sums.set(name, (sums.get(name) ?? 0n) + parseSignedUsd(line.amount_usd))
  }
  const lines = [...sums].map(([name, exact]) => ({
    key: keyOf(name),
    description: name,
    cents: Number(divideHalfEven(exact, PICO_PER_CENT)),
  }))
  const rounding = centsOf(invoice.net_usd) - lines.reduce((sum, { cents }) => sum + cents, 0)
  const taxes = invoice.tax.map(({ country, rate_percent: percent, tax_usd: usd, reverse_charge: isReversed }) => ({
    key: `Tax-${country}`,
    description: isReversed ? `Tax ${country}: reverse charge` : `Tax ${country} ${percent} %`,
    cents: centsOf(usd),
  }))
  return [...lines, { key: 'Rounding', description: 'Rounding', cents: rounding }, ...taxes].filter(
    ({ cents }) => cents !== 0,
  )
}

/** What each kind of line is called where it is paid. */
const names: Readonly<Record<Exclude<InvoiceLine['kind'], 'fee'>, string>> = {
  usage: 'Usage',
  late_usage: 'Usage of earlier months',
  adjustment: 'Adjustments',
  allowance: 'Allowance of the plan',
  credit: 'Credit',
}

const nameOf = (line: InvoiceLine): string => (line.kind === 'fee' ? `Plan ${line.plan}` : names[line.kind])

const keyOf = (name: string): string => name.replaceAll(' ', '-')

/** An amount that is in whole cents already. @throws RangeError when it is not. */
export function centsOf(usd: string): number {
  const exact = parseSignedUsd(usd)
  if (exact % PICO_PER_CENT !== 0n) throw new RangeError(`${usd} is not in whole cents`)
  return Number(exact / PICO_PER_CENT)
}
