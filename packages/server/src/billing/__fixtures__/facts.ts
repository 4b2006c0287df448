import { parseUsd, picoUsd, type PicoUsd, type Price } from '@speka/core'
import { plans } from '@speka/core/internal'
import type { BilledUsage } from '../../store/billed-usage.ts'
import type { AccountRecord, AdjustmentRecord, GrantRecord } from '../../store/records.ts'
import type { InvoiceFacts, PlanPart } from '../invoice-facts.ts'
import { spanOfMonth } from '../month.ts'

export const MONTH = '2026-11'
export const span = spanOfMonth(MONTH)

/** The whole of the month on one plan that ships. */
export const onPlan = (name: string): PlanPart[] => [{ name, plan: plans.find(({ id }) => id === name), ...span }]

export const price = (changes: Partial<Price> = {}): Price => ({
  source: 'config',
  asOf: '2026-10',
  input: picoUsd(200_000n),
  output: picoUsd(600_000n),
  ...changes,
})

/** Usage of so many dollars that no unit says. */
export const usageOf = (usd: string, changes: Partial<BilledUsage> = {}): BilledUsage => ({
  keyId: 'key_1',
  team: undefined,
  model: 'acme/fast',
  price: undefined,
  requests: 1,
  counts: {},
  charge: parseUsd(usd),
  ...changes,
})

export const grant = (id: string, changes: Partial<GrantRecord> = {}): GrantRecord => ({
  id,
  account: 'acc_1',
  createdAt: 0,
  usd: '10',
  priority: 0,
  from: 0,
  ...changes,
})

export const adjustment = (id: string, usd: string, changes: Partial<AdjustmentRecord> = {}): AdjustmentRecord => ({
  id,
  account: 'acc_1',
  createdAt: 0,
  month: MONTH,
  kind: 'amount',
  usd,
  reason: 'a reason',
  ...changes,
})

const account: AccountRecord = {
  id: 'acc_1',
  account: 'acc_1',
  createdAt: 0,
  name: 'Acme',
  plan: 'none',
  status: 'active',
}

/** Facts of a month in which nothing happened, but for what is given. Usage is in one span, unless spans are given. */
export function facts(changes: Partial<InvoiceFacts> = {}): InvoiceFacts {
  const usage = changes.usage ?? []
  const charge = usage.reduce<bigint>((sum, one) => sum + one.charge, 0n) as PicoUsd
  return {
    account,
    month: MONTH,
    terms: { seller: { name: 'Speka' }, taxes: [] },
    parts: onPlan('none'),
    spans: [{ ...span, charge }],
    late: [],
    adjustments: [],
    grants: [],
    names: new Map(),
    ...changes,
    usage,
  }
}
