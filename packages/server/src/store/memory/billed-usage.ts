import { picoUsd, type UsageRecord } from '@speka/core'
import { units } from '@speka/core/internal'
import type { BilledMonth, BilledUsage, BilledUsageQuery } from '../billed-usage.ts'
import { unitsOfCharge } from '../charged-exactly.ts'
import { priceText } from '../price-text.ts'
import { saysTest } from '../test-key-id.ts'
import { billedUsage, type PricedUsage } from '../priced-usage.ts'
import { compare } from './compare.ts'
import type { LabelsOf } from './usage-totals.ts'

/** A record with a known charge. */
type Charged = UsageRecord & { readonly charge: bigint }

/** What of the records is to be billed for a month. */
export const billedOf = (
  records: Iterable<UsageRecord>,
  { account, month, withoutKeys }: BilledUsageQuery,
  labels: LabelsOf,
): BilledUsage[] =>
  billedUsage(
    chargedTo(records, account, withoutKeys)
      .filter((record) => monthOf(record) === month)
      .map((record) => pricedUsage(record, labels)),
  )

/** What each month cost the account. */
export function billedMonthsOf(
  records: Iterable<UsageRecord>,
  account: string,
  withoutKeys?: readonly string[],
): BilledMonth[] {
  const months = new Map<string, BilledMonth>()
  for (const record of chargedTo(records, account, withoutKeys)) {
    const month = monthOf(record)
    const { requests, charge } = months.get(month) ?? { requests: 0, charge: 0n }
    months.set(month, { month, requests: requests + 1, charge: picoUsd(charge + record.charge) })
  }
  return [...months.values()].sort((a, b) => compare(a.month, b.month))
}

const chargedTo = (records: Iterable<UsageRecord>, account: string, withoutKeys: readonly string[] = []): Charged[] =>
  [...records].filter(
    (record): record is Charged =>
      record.account === account &&
      isCharged(record) &&
      !saysTest(record.keyId) &&
      (record.keyId === undefined || !withoutKeys.includes(record.keyId)),
  )

/** Not one of unknown charge, nor one that nothing usable was delivered for. */
const isCharged = ({ charge, usage, price }: UsageRecord): boolean =>
  charge !== undefined && (charge !== 0n || unitsOfCharge(usage, price, charge) !== undefined)

const monthOf = ({ createdAt }: UsageRecord): string => new Date(createdAt).toISOString().slice(0, 7)

function pricedUsage({ keyId, labels, model, usage, price, charge }: Charged, labelsOf: LabelsOf): PricedUsage {
  const charged = unitsOfCharge(usage, price, charge)
  const counts = Object.fromEntries((charged ?? []).map(({ unit, quantity }) => [units[unit].count, quantity]))
  const { team } = labelsOf(labels ?? 0)
  const text = charged === undefined || price === undefined ? undefined : priceText(price)
  return { keyId, team, model, price: text, requests: 1, counts, charge }
}
