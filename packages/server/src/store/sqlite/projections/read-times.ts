import type { DatabaseSync } from 'node:sqlite'
import { mergeTimes } from '../../time-buckets.ts'
import { hoursOf, stepMs, stepOf, type TimesQuery, type UsageTimes } from '../../usage-times.ts'
import type { FileTextNumbers } from './text-numbers.ts'

/** Hours that are remembered, over all accounts: some two years of one. */
const MOST_HOURS = 20_000

type Counted = readonly (readonly [bucket: number, count: number])[]

/** How long the requests of an hour took: what each of its rows has counted, one behind the other. */
interface Hour {
  readonly version: number
  readonly durations: Counted
  readonly firstOutputs: Counted
}

/**
 * Reads how long requests took, and remembers it hour by hour: of a month that somebody looks at again and again only the last
 * hour changes.
 */
export interface HourTimes {
  /** @param account its number; `undefined`: all */
  read(query: TimesQuery, account: number | undefined): UsageTimes[]
}

export function hourTimes(projections: DatabaseSync): HourTimes {
  const versions = projections.prepare(
    'SELECT hour, version FROM hour_version WHERE hour >= ? AND hour < ? ORDER BY hour',
  )
  versions.setReturnArrays(true)
  // One text of many, since each that crosses over from SQLite, and each that is parsed, costs more than its length.
  const lists = "'[' || group_concat(duration) || ']', '[' || group_concat(first_output) || ']'"
  const ofAll = projections.prepare(`SELECT ${lists} FROM usage_hour_times WHERE hour = ?`)
  const ofOne = projections.prepare(`SELECT ${lists} FROM usage_hour_times WHERE hour = ? AND account = ?`)
  for (const statement of [ofAll, ofOne]) statement.setReturnArrays(true)
  const known = new Map<string, Hour>()

  function readHour(hour: number, version: number, account: number | undefined): Hour {
    const place = `${hour}/${account ?? ''}`
    const kept = known.get(place)
    if (kept?.version === version) return kept
    const row = account === undefined ? ofAll.get(hour) : ofOne.get(hour, account)
    const [durations, firstOutputs] = row as unknown as readonly (string | null)[]
    const read = { version, durations: mergedOf(durations), firstOutputs: mergedOf(firstOutputs) }
    if (known.size >= MOST_HOURS) known.clear()
    known.set(place, read)
    return read
  }

  function readAll(query: TimesQuery, account: number | undefined): UsageTimes[] {
    const [from, until] = hoursOf(query)
    const bounds = [Math.max(from, Number.MIN_SAFE_INTEGER), Math.min(until, Number.MAX_SAFE_INTEGER)] as const
    const steps = new Map<number, UsageTimes>()
    for (const [hour, version] of versions.all(...bounds) as unknown as readonly (readonly [number, number])[]) {
      const { durations, firstOutputs } = readHour(hour, version, account)
      // Every row has a duration: an hour without one is an hour without a row of this account.
      if (durations.length === 0) continue
      const at = stepOf(hour * stepMs.hour, query.by)
      const step = steps.get(at) ?? { at, durations: new Map(), firstOutputs: new Map() }
      steps.set(at, step)
      mergeTimes(step.durations, durations)
      mergeTimes(step.firstOutputs, firstOutputs)
    }
    return [...steps.values()]
  }

  return {
    read(query, account) {
      // What versions say, and what is read by them, is of one moment.
      projections.exec('BEGIN')
      try {
        return readAll(query, account)
      } finally {
        if (projections.isTransaction) projections.exec('COMMIT')
      }
    },
  }
}

/** How long the requests took that a query asks for, the oldest first. */
export function readTimes(
  { texts, hourTimes }: { readonly texts: FileTextNumbers; readonly hourTimes: HourTimes },
  query: TimesQuery,
): UsageTimes[] {
  const account = query.account === undefined ? undefined : texts.find(query.account)
  return query.account !== undefined && account === undefined ? [] : hourTimes.read(query, account)
}

function mergedOf(texts: string | null | undefined): Counted {
  const buckets = new Map<number, number>()
  for (const each of JSON.parse(texts ?? '[]') as Counted[]) mergeTimes(buckets, each)
  return [...buckets]
}
