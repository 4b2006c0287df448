import { HOURS_OF_DAY } from '../../projections/batch.ts'
import { hoursOf, stepMs, type TimesQuery, type UsageTimes } from '../../usage-times.ts'
import { numberOf, type Readers } from './readers.ts'
import { dayOf } from './remembered-days.ts'
import { timeTable } from './sum-tables.ts'

/** How a step's number reads in the table. */
const steps: Readonly<Record<TimesQuery['by'], string>> = { hour: 'hour', day: dayOf('hour', HOURS_OF_DAY) }

const SUMS = timeTable.sums.map((name) => `sum(${name})::float8`)

/** How long the requests took that a query asks for, the oldest first. */
export async function readTimes(readers: Readers, query: TimesQuery): Promise<UsageTimes[]> {
  const account = query.account === undefined ? null : await numberOf(readers, query.account)
  if (account === undefined) return []
  const [from, until] = hoursOf(query)
  const rows = await readers.days.read(readers.session, {
    table: timeTable.name,
    time: 'hour',
    ofDay: HOURS_OF_DAY,
    groups: [steps[query.by], 'bucket'],
    sums: SUMS,
    filter: account === null ? [] : [['account', account]],
    from,
    until,
  })
  const found = new Map<number, UsageTimes>()
  for (const [step = 0, bucket = 0, durations = 0, firstOutputs = 0] of rows) {
    const at = step * stepMs[query.by]
    const times = found.get(at) ?? { at, durations: new Map(), firstOutputs: new Map() }
    found.set(at, times)
    addTo(times.durations, bucket, durations)
    addTo(times.firstOutputs, bucket, firstOutputs)
  }
  return [...found.values()].toSorted((one, other) => one.at - other.at)
}

function addTo(buckets: Map<number, number>, bucket: number, count: number): void {
  if (count > 0) buckets.set(bucket, (buckets.get(bucket) ?? 0) + count)
}
