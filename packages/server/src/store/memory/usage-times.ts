import type { UsageRecord } from '@speka/core'
import { countTime } from '../time-buckets.ts'
import { hoursOf, stepMs, stepOf, type TimesQuery, type UsageTimes } from '../usage-times.ts'

/** How long the requests took that a query asks for, the oldest first. */
export function timesOf(records: Iterable<UsageRecord>, query: TimesQuery): UsageTimes[] {
  const [from, until] = hoursOf(query)
  const steps = new Map<number, UsageTimes>()
  for (const { createdAt, account, durationMs, firstOutputMs } of records) {
    const hour = Math.floor(createdAt / stepMs.hour)
    if (hour < from || hour >= until || (query.account !== undefined && account !== query.account)) continue
    const at = stepOf(createdAt, query.by)
    const step = steps.get(at) ?? { at, durations: new Map(), firstOutputs: new Map() }
    steps.set(at, step)
    countTime(step.durations, durationMs)
    if (firstOutputMs !== undefined) countTime(step.firstOutputs, firstOutputMs)
  }
  return [...steps.values()].sort((one, other) => one.at - other.at)
}
