import { hoursOf, stepMs, stepOf, type TimesQuery, type UsageTimes } from '../../usage-times.ts'
import { statement } from '../session.ts'
import { numberOf, type Readers } from './readers.ts'

const TIMES = statement(`
  SELECT hour, bucket, sum(durations) AS durations, sum(first_outputs) AS first_outputs FROM usage_hour_time
  WHERE hour >= $1 AND hour < $2 AND ($3::bigint IS NULL OR account = $3) GROUP BY hour, bucket ORDER BY hour, bucket`)

/** How long the requests took that a query asks for, the oldest first. */
export async function readTimes(readers: Readers, query: TimesQuery): Promise<UsageTimes[]> {
  const account = query.account === undefined ? null : await numberOf(readers, query.account)
  if (account === undefined) return []
  const [from, until] = hoursOf(query)
  const bounds = [Math.max(from, Number.MIN_SAFE_INTEGER), Math.min(until, Number.MAX_SAFE_INTEGER)]
  const { rows } = await readers.session.run(TIMES, [...bounds, account])
  const steps = new Map<number, UsageTimes>()
  for (const row of rows) {
    const at = stepOf(Number(row['hour']) * stepMs.hour, query.by)
    const step = steps.get(at) ?? { at, durations: new Map(), firstOutputs: new Map() }
    steps.set(at, step)
    const bucket = Number(row['bucket'])
    addTo(step.durations, bucket, Number(row['durations']))
    addTo(step.firstOutputs, bucket, Number(row['first_outputs']))
  }
  return [...steps.values()]
}

function addTo(buckets: Map<number, number>, bucket: number, count: number): void {
  if (count > 0) buckets.set(bucket, (buckets.get(bucket) ?? 0) + count)
}
