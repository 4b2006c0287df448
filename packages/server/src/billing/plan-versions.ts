import { formatUsd, parseUsd } from '@speka/core'
import type { Plan } from '@speka/core/internal'
import type { PlanRecord } from '../store/records.ts'

/** What of a plan an invoice goes by. */
export type PlanPrice = Pick<Plan, 'monthlyPrice' | 'includedUsage' | 'overage'>

/** A plan as it was from a moment on, in ms since the epoch, until its next version. */
export interface PlanVersion {
  readonly price: PlanPrice
  readonly from: number
}

/** Every version of each plan by its name, the oldest first: that one holds from the beginning. */
export type PlanVersions = ReadonlyMap<string, readonly PlanVersion[]>

/**
 * Plans over time: as the registry has kept them, and from now on as the configuration says. One that was never kept has always
 * been as it is.
 *
 * @param configured by name
 * @param now in ms since the epoch
 */
export function planVersions(
  configured: ReadonlyMap<string, PlanPrice>,
  kept: readonly PlanRecord[] = [],
  now = 0,
): PlanVersions {
  const versions = new Map(kept.map((record) => [record.id, versionsOf(record)]))
  for (const [name, price] of configured) {
    const before = versions.get(name) ?? []
    if (!isAsBefore(before.at(-1), price))
      versions.set(name, [...before, { price, from: before.length === 0 ? 0 : now }])
  }
  return versions
}

/** A plan's record once it is as the configuration says, from a moment on; `undefined`: it has been so before. */
export function withVersion(
  record: PlanRecord | undefined,
  { id, price, now }: { readonly id: string; readonly price: PlanPrice; readonly now: number },
): PlanRecord | undefined {
  const last = record === undefined ? undefined : versionsOf(record).at(-1)
  if (isAsBefore(last, price)) return undefined
  const version = {
    // What nobody has kept was always there.
    from: record === undefined ? 0 : now,
    monthlyUsd: formatUsd(price.monthlyPrice),
    includedUsd: formatUsd(price.includedUsage),
    overage: price.overage,
  }
  const before = record ?? { id, account: '', createdAt: now, versions: [] }
  return { ...before, versions: [...before.versions, version] }
}

const versionsOf = ({ versions }: PlanRecord): PlanVersion[] =>
  versions.map(({ from, monthlyUsd, includedUsd, overage }) => ({
    from,
    price: { monthlyPrice: parseUsd(monthlyUsd), includedUsage: parseUsd(includedUsd), overage },
  }))

const isAsBefore = (last: PlanVersion | undefined, price: PlanPrice): boolean =>
  last !== undefined &&
  last.price.monthlyPrice === price.monthlyPrice &&
  last.price.includedUsage === price.includedUsage &&
  last.price.overage === price.overage
