import type { UsageRecord } from '@speka/core'
import { faultOf, type FaultsQuery, type FaultTotals } from '../faults.ts'
import { inHourOf } from '../usage-times.ts'

/** How many requests ended in an error, by hour, model and whose fault it was; the oldest first. */
export function faultsOf(records: Iterable<UsageRecord>, { since = -Infinity }: FaultsQuery): FaultTotals[] {
  const found = new Map<string, FaultTotals>()
  for (const { createdAt, model, outcome, errorCode } of records) {
    const fault = faultOf(outcome, errorCode)
    const at = inHourOf(createdAt)
    if (fault === undefined || at < inHourOf(since)) continue
    const place = JSON.stringify([at, model, fault])
    found.set(place, { at, model, fault, requests: (found.get(place)?.requests ?? 0) + 1 })
  }
  return [...found.values()].sort((one, other) => one.at - other.at)
}
