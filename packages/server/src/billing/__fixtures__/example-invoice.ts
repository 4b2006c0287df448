import { formatUsd, parseUsd, picoUsd } from '@speka/core'
import type { InvoiceDocument, InvoiceLine } from '../invoice-document.ts'
import type { UsageLine } from '../usage-lines.ts'
import { sumOf } from '../usage-tree.ts'

const models = ['deepseek/deepseek-v4-flash', 'moonshot/kimi-k2.6', 'mistral/mistral-large-3', 'bfl/flux.1-dev']
const units = [
  { unit: 'input', price: '0.27', quantity: 18_204_511 },
  { unit: 'cached_input', price: '0.016', quantity: 4_120_007 },
  { unit: 'output', price: '1.1', quantity: 2_310_093 },
]
const teams = ['Search', 'Support', 'Research']

/** A line of usage; the same number is the same line. */
export function exampleUsage(index: number): UsageLine {
  const { unit, price, quantity } = units[index % units.length] ?? { unit: 'input', price: '1', quantity: 1 }
  const group = Math.floor(index / units.length)
  const key = Math.floor(group / models.length)
  const team = Math.floor(key / 4)
  const count = quantity + index * 977
  return {
    kind: 'usage',
    team: { id: `team-${team}`, name: teams[team] ?? `Team ${team}` },
    key: { id: `key-${key}`, name: `production-${key}` },
    model: models[group % models.length] ?? null,
    unit,
    quantity: count,
    unit_price_usd: price,
    per: 1_000_000,
    price_source: 'catalog',
    price_as_of: '2026-10',
    price_condition: unit === 'output' && group % 3 === 0 ? 'above_input_tokens: 200000' : null,
    amount_usd: formatUsd(picoUsd((parseUsd(price) / 1_000_000n) * BigInt(count))),
  }
}

/** Every kind of line other than usage. */
export const otherLines = {
  fee: {
    kind: 'fee',
    plan: 'pro',
    from: '2026-10-01T00:00:00.000Z',
    until: '2026-11-01T00:00:00.000Z',
    monthly_usd: '99',
    amount_usd: '99',
  },
  late: { kind: 'late_usage', month: '2026-09', requests: 1204, amount_usd: '0.3312045' },
  usageAdjustment: {
    kind: 'adjustment',
    adjustment: 'adj_01',
    of: 'usage',
    about: '2026-09',
    reason: 'Repriced: input of moonshot/kimi-k2.6 was 0.29',
    amount_usd: '-0.0412007',
  },
  allowance: { kind: 'allowance', allowance_usd: '150', amount_usd: '-5' },
  credit: {
    kind: 'credit',
    grant: 'grant_01',
    note: 'Welcome credit',
    expires_at: '2026-12-31T00:00:00.000Z',
    left_usd: '17.5',
    amount_usd: '-2.5',
  },
  amountAdjustment: {
    kind: 'adjustment',
    adjustment: 'adj_02',
    of: 'amount',
    about: null,
    reason: 'Goodwill after the outage of 12 October',
    amount_usd: '-1',
  },
} as const satisfies Readonly<Record<string, InvoiceLine>>

/** An issued invoice of these lines, with tax of 19 percent; whatever is said in `changes` stands instead. */
export function exampleInvoice(usage: readonly UsageLine[], changes: Partial<InvoiceDocument> = {}): InvoiceDocument {
  const { fee, late, usageAdjustment, allowance, credit, amountAdjustment } = otherLines
  const lines = [fee, ...usage, late, usageAdjustment, allowance, credit, amountAdjustment]
  const exact = parseUsd(sumOf(lines))
  const cent = parseUsd('0.01')
  const net = ((exact + cent / 2n) / cent) * cent
  const tax = ((net * 19n) / 100n / cent) * cent
  return {
    kind: 'invoice',
    state: 'final',
    number: '2026-000042',
    issued_at: '2026-11-02T00:10:00.000Z',
    account: 'acc_example',
    month: '2026-10',
    currency: 'USD',
    seller: { name: 'Acme Inference Ltd', address: '1 High Street\nDublin 1', country: 'IE', tax_id: 'IE1234567FA' },
    buyer: { name: 'Beispiel GmbH', address: 'Hauptstraße 12\n10115 Berlin', country: 'DE', tax_id: null },
    lines,
    requests: 4711,
    usage_usd: sumOf([...usage, late, usageAdjustment]),
    net_exact_usd: formatUsd(exact),
    rounding_usd: formatUsd(picoUsd(net - exact)),
    net_usd: formatUsd(picoUsd(net)),
    tax: [
      {
        country: 'DE',
        rate_percent: '19',
        reverse_charge: false,
        net_usd: formatUsd(picoUsd(net)),
        tax_usd: formatUsd(picoUsd(tax)),
      },
    ],
    total_usd: formatUsd(picoUsd(net + tax)),
    hash: '3f0b7c1e5a4d92886f10c2be7d4a905e1b6c3d2f8a97e04513c6b8d9f2a1e07c',
    previous_hash: 'a91c04de77b3f5521e6d80cb49f2a3176d5e8b0c14f7a29d6e83b5c0f19a2d64',
    ...changes,
  }
}
