import { formatUsd, parseUsd, picoUsd, type PicoUsd } from '@speka/core'
import type { AccountRecord } from '../store/records.ts'
import type { InvoiceBody } from './invoice-document.ts'
import type { TaxRate } from './invoice-facts.ts'
import { roundToCents, shareOf } from './round-cents.ts'

export interface TaxLines {
  readonly lines: InvoiceBody['tax']
  readonly sum: PicoUsd
}

/** A rate is read as an amount of money is: exactly. So a hundred percent are a hundred of these. */
const HUNDRED_PERCENT = parseUsd('100')

/**
 * The tax on an invoice, by the rates of the country that its buyer is in: none without a country, or where there is no rate for
 * it. Where the buyer owes it in place of the seller, the line says so and has nothing to pay.
 *
 * @param net in whole cents
 */
export function taxLines(net: PicoUsd, buyer: AccountRecord['buyer'], rates: readonly TaxRate[]): TaxLines {
  const taxed = rates
    .filter(({ country }) => country === buyer?.country)
    .map(({ country, rate, reverseCharge }) => {
      const isReverse = reverseCharge && buyer?.taxId !== undefined
      const tax = isReverse ? picoUsd(0n) : taxOn(net, rate)
      const line = {
        country,
        rate_percent: rate,
        reverse_charge: isReverse,
        net_usd: formatUsd(net),
        tax_usd: formatUsd(tax),
      }
      return { line, tax }
    })
  return { lines: taxed.map(({ line }) => line), sum: picoUsd(taxed.reduce((sum, { tax }) => sum + tax, 0n)) }
}

/** Exact before it is rounded: a net in whole cents and a rate of at most four decimals leave no part of a pico-dollar. */
const taxOn = (net: PicoUsd, rate: string): PicoUsd => roundToCents(shareOf(net, parseUsd(rate), HUNDRED_PERCENT))
