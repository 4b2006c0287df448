import type { InvoiceDocument } from '../../packages/server/src/billing/invoice-document.ts'
import { decimal, nearestEven, times } from './fraction.ts'
import type { Expected } from './oracle.ts'

const DOLLAR = 1_000_000_000_000n

/** Where an invoice is not what it must be; nothing when it is. */
export function complaintsAbout(invoice: InvoiceDocument | undefined, expected: Expected | undefined): string[] {
  if (invoice === undefined || expected === undefined) return aboutAbsence(invoice, expected)
  const complaints: string[] = []
  const same = (what: string, is: bigint | string | number, must: bigint | string | number): void => {
    if (is !== must) complaints.push(`${what} is ${is}, must be ${must}`)
  }
  const sums = sumsOf(invoice)
  same('fee', sums.fee, expected.fee)
  same('allowance', -sums.allowance, expected.allowance)
  same('adjustments', sums.adjustment, expected.adjustments)
  for (const [line, must] of expected.usage) {
    const is = sums.usage.get(line)
    same(`quantity of ${line}`, is?.quantity ?? 0n, must.quantity)
    same(`amount of ${line}`, is?.amount ?? 0n, must.amount)
  }
  same('usage lines', [...sums.usage.values()].filter(({ amount }) => amount !== 0n).length, expected.usage.size)
  for (const month of new Set([...sums.late.keys(), ...expected.late.keys()]))
    same(`late usage of ${month}`, sums.late.get(month) ?? 0n, expected.late.get(month) ?? 0n)
  for (const grant of new Set([...sums.credit.keys(), ...expected.credits.keys()]))
    same(`spent of ${grant}`, -(sums.credit.get(grant) ?? 0n), expected.credits.get(grant) ?? 0n)
  const exact = pico(invoice.net_exact_usd)
  same('exact net', exact, expected.netExact)
  same('sum of the lines', sums.all, exact)
  same('rounding', pico(invoice.rounding_usd), expected.netCents * (DOLLAR / 100n) - expected.netExact)
  same('net', pico(invoice.net_usd), expected.netCents * (DOLLAR / 100n))
  same(
    'tax',
    invoice.tax.reduce((sum, { tax_usd: tax }) => sum + pico(tax), 0n),
    expected.taxCents * (DOLLAR / 100n),
  )
  same('total', pico(invoice.total_usd), expected.totalCents * (DOLLAR / 100n))
  same('kind', invoice.kind, expected.totalCents < 0n ? 'credit_note' : 'invoice')
  return complaints
}

/** An invoice over nothing may be left out. */
function aboutAbsence(invoice: InvoiceDocument | undefined, expected: Expected | undefined): string[] {
  if (invoice !== undefined) return sumsOf(invoice).all === 0n ? [] : [`there is one over ${invoice.total_usd}`]
  if (expected === undefined) return []
  const { fee, usageSum, late, adjustments } = expected
  const isNothing = fee === 0n && usageSum === 0n && late.size === 0 && adjustments === 0n
  return isNothing ? [] : [`there is none, and it must come to ${expected.totalCents} cents`]
}

function sumsOf({ lines }: InvoiceDocument) {
  const sums = {
    all: 0n,
    fee: 0n,
    allowance: 0n,
    adjustment: 0n,
    usage: new Map<string, { quantity: bigint; amount: bigint }>(),
    late: new Map<string, bigint>(),
    credit: new Map<string, bigint>(),
  }
  for (const line of lines) {
    const amount = pico(line.amount_usd)
    sums.all += amount
    switch (line.kind) {
      case 'fee':
      case 'allowance':
      case 'adjustment':
        sums[line.kind] += amount
        break
      case 'late_usage':
        sums.late.set(line.month, (sums.late.get(line.month) ?? 0n) + amount)
        break
      case 'credit':
        sums.credit.set(line.grant, (sums.credit.get(line.grant) ?? 0n) + amount)
        break
      case 'usage': {
        // Requests that were charged otherwise are in one line, whatever they asked for.
        const name = `${line.key?.id} ${line.model} ${line.unit ?? ''}`
        const there = sums.usage.get(name) ?? { quantity: 0n, amount: 0n }
        const quantity = there.quantity + BigInt(line.quantity)
        sums.usage.set(name, { quantity, amount: there.amount + amount })
        break
      }
    }
  }
  return sums
}

/** A decimal string of dollars, with or without a sign, in pico-dollars. */
const pico = (text: string): bigint => nearestEven(times(decimal(text), DOLLAR))
