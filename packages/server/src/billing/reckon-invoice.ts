import { formatUsd, picoUsd, type PicoUsd } from '@speka/core'
import type { AdjustmentRecord } from '../store/records.ts'
import { allowanceOf, feeLines } from './fee-lines.ts'
import type { InvoiceBody, InvoiceLine } from './invoice-document.ts'
import type { InvoiceFacts } from './invoice-facts.ts'
import { roundToCents } from './round-cents.ts'
import { parseSignedUsd } from './signed-usd.ts'
import { spend, type Spending } from './spending.ts'
import { taxLines } from './tax-lines.ts'
import { usageLines } from './usage-lines.ts'

/** Makes the invoice of an account and month of all that it depends on; `undefined` when there is nothing to say. */
export function reckonInvoice(facts: InvoiceFacts): InvoiceBody | undefined {
  const body = reckonDraft(facts)
  return body.lines.length === 0 ? undefined : body
}

/**
 * The same of a month that may have nothing on it yet. Every line is exact, the sum of the lines is rounded once, and the tax is on
 * the rounded sum.
 */
export function reckonDraft(facts: InvoiceFacts): InvoiceBody {
  const { account, month, terms, parts, late } = facts
  const fees = feeLines(parts, month)
  const adjustments = facts.adjustments.toSorted(byAge)
  const atStart = usageAtStart(facts)
  const usage = sumOf([...facts.usage.map(({ charge }) => charge), atStart])
  const allowance = allowanceOf(parts, month)
  const spending = spend({ allowance, grants: facts.grants, spans: facts.spans, atStart })

  const before: InvoiceLine[] = [
    ...fees.lines,
    ...usageLines(facts.usage, facts.names),
    ...late.map(lateLine),
    ...adjustments.map(adjustmentLine),
  ]
  const exact = sumOf([
    fees.sum,
    usage,
    ...adjustments.filter(({ kind }) => kind === 'amount').map(amountOf),
    picoUsd(-spending.ofAllowance),
    ...spending.ofGrants.map(({ spent }) => picoUsd(-spent)),
  ])
  const net = roundToCents(exact)
  const tax = taxLines(net, account.buyer, terms.taxes)
  const total = sumOf([net, tax.sum])
  return {
    kind: total < 0n ? 'credit_note' : 'invoice',
    account: account.id,
    month,
    currency: 'USD',
    seller: partyOf(terms.seller),
    buyer: partyOf({ ...account.buyer, name: account.buyer?.name ?? account.name }),
    // An allowance of which nothing could be spent is no reason for an invoice.
    lines:
      before.length === 0
        ? []
        : [...before, ...allowanceLine(allowance, spending.ofAllowance), ...spending.ofGrants.map(creditLine)],
    requests: facts.usage.reduce((sum, { requests }) => sum + requests, 0),
    usage_usd: formatUsd(usage),
    net_exact_usd: formatUsd(exact),
    rounding_usd: formatUsd(picoUsd(net - exact)),
    net_usd: formatUsd(net),
    tax: tax.lines,
    total_usd: formatUsd(total),
  }
}

/** Usage that counts at the beginning of a month: what came late of others, and corrections of what usage cost. */
export const usageAtStart = ({ late, adjustments }: Pick<InvoiceFacts, 'late' | 'adjustments'>): PicoUsd =>
  sumOf([...late.map(({ charge }) => charge), ...adjustments.filter(({ kind }) => kind === 'usage').map(amountOf)])

const lateLine = ({ month, requests, charge }: InvoiceFacts['late'][number]): InvoiceLine => ({
  kind: 'late_usage',
  month,
  requests,
  amount_usd: formatUsd(charge),
})

const adjustmentLine = (adjustment: AdjustmentRecord): InvoiceLine => ({
  kind: 'adjustment',
  adjustment: adjustment.id,
  of: adjustment.kind,
  about: adjustment.about ?? null,
  reason: adjustment.reason,
  amount_usd: formatUsd(amountOf(adjustment)),
})

const allowanceLine = (allowance: PicoUsd, used: PicoUsd): InvoiceLine[] =>
  allowance === 0n
    ? []
    : [{ kind: 'allowance', allowance_usd: formatUsd(allowance), amount_usd: formatUsd(picoUsd(-used)) }]

const creditLine = ({ grant, spent, left }: Spending['ofGrants'][number]): InvoiceLine => ({
  kind: 'credit',
  grant: grant.id,
  note: grant.note ?? null,
  expires_at: grant.expiresAt === undefined ? null : new Date(grant.expiresAt).toISOString(),
  left_usd: formatUsd(left),
  amount_usd: formatUsd(picoUsd(-spent)),
})

const amountOf = ({ usd }: AdjustmentRecord): PicoUsd => parseSignedUsd(usd)

const sumOf = (amounts: readonly PicoUsd[]): PicoUsd => picoUsd(amounts.reduce<bigint>((sum, one) => sum + one, 0n))

const partyOf = (one: Party): InvoiceBody['seller'] => ({
  name: one.name,
  address: one.address ?? null,
  country: one.country ?? null,
  tax_id: one.taxId ?? null,
})

interface Party {
  readonly name: string
  readonly address?: string | undefined
  readonly country?: string | undefined
  readonly taxId?: string | undefined
}

/** Those of one moment by their ids, so that the same records make the same lines. */
const byAge = (one: AdjustmentRecord, other: AdjustmentRecord): number =>
  one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1)
