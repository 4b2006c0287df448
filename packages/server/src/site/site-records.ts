import { faults, type Fault, type FaultTotals } from '../store/faults.ts'
import type { Ledger } from '../store/store.ts'
import { mergeTimes, timeAt, type TimeBuckets } from '../store/time-buckets.ts'
import type { UsageTimes } from '../store/usage-times.ts'

/** What the gateway's own records say of how it did. */
export type SiteRecords = MeasuredRecords | { readonly state: 'adding_up' } | { readonly state: 'unavailable' }

export interface MeasuredRecords {
  readonly state: 'measured'
  /** The last {@link STATUS_DAYS} days, the oldest first, today included. */
  readonly days: readonly DayRecords[]
  /** Hours that were not well, the latest first. */
  readonly incidents: readonly Incident[]
  /** Of the last {@link MODEL_DAYS} days, by the model's id. */
  readonly models: ReadonlyMap<string, Share>
  /** From arrival to the first output, of all answers of the last {@link MODEL_DAYS} days; `undefined`: there was none. */
  readonly firstOutput: TimesMeasured | undefined
}

/** How many requests there were, and how many of them ended in an error for the caller, by whose fault. */
export interface Share extends Readonly<Record<Fault, number>> {
  readonly requests: number
}

export interface DayRecords extends Share {
  /** `YYYY-MM-DD`, in UTC. */
  readonly day: string
}

/** An hour, or several in a row, that were less available than {@link INCIDENT_SHARE}. */
export interface Incident extends Share {
  /** The beginning of its first hour, in ms since the epoch. */
  readonly from: number
  /** The end of its last. */
  readonly until: number
}

/** The time that half of the answers took at the most, and the one that 95 of a hundred did; in ms. */
export interface TimesMeasured {
  readonly p50: number
  readonly p95: number
}

export const STATUS_DAYS = 90
export const MODEL_DAYS = 30
/** Less available than this an hour is an incident. */
export const INCIDENT_SHARE = 0.99
/** With fewer failures than this an hour is none, whatever its share: one of ten says little. */
export const INCIDENT_FAILURES = 5
/** With fewer requests than this no share is told: it would say more of chance, and of who asks, than of the service. */
export const ENOUGH_REQUESTS = 100

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export const NO_REQUESTS: Share = { requests: 0, gateway: 0, upstream: 0, caller: 0 }

/** How many requests could have been answered: of those that fail by their caller's fault that is not known. */
export const answerable = ({ requests, caller }: Share): number => requests - caller

/** How many of these were not. */
export const failedOf = ({ gateway, upstream }: Share): number => gateway + upstream

/**
 * The share of requests that did not fail by the fault of the gateway or of an upstream, of those that did not fail by their
 * caller's; `undefined` with fewer than {@link ENOUGH_REQUESTS}.
 */
export function shareOf(share: Share): number | undefined {
  const all = answerable(share)
  return all < ENOUGH_REQUESTS ? undefined : (all - failedOf(share)) / all
}

/** All of them together. */
export function addShares(shares: Iterable<Share>): Share {
  const sum = { ...NO_REQUESTS }
  for (const share of shares) {
    sum.requests += share.requests
    for (const fault of faults) sum[fault] += share[fault]
  }
  return sum
}

/** What the sums are read from. */
export type Sums = Pick<Ledger, 'totals' | 'times' | 'faults'>

/**
 * Reads how the gateway did, of all accounts together and of none by itself. It goes by sums that are kept, whole hours of
 * them, so no record is read for it.
 *
 * @throws SpekaError `storage_unavailable` when old records are still being added up.
 */
export async function readSiteRecords(ledger: Sums, now: number): Promise<MeasuredRecords> {
  const today = Math.floor(now / DAY_MS) * DAY_MS
  const since = today - (STATUS_DAYS - 1) * DAY_MS
  const monthAgo = Math.floor(now / HOUR_MS) * HOUR_MS - MODEL_DAYS * DAY_MS
  const [totals, models, times, failed] = await Promise.all([
    ledger.totals({ by: 'hour', since }),
    ledger.totals({ by: 'model', since: monthAgo }),
    ledger.times({ by: 'day', since: monthAgo }),
    ledger.faults({ since }),
  ])
  const ofHours = sharesBy(failed, ({ at }) => at)
  const ofModels = sharesBy(
    failed.filter(({ at }) => at >= monthAgo),
    ({ model }) => model,
  )
  const hours = totals.flatMap(({ group, requests }): HourRecords[] => {
    const from = Date.parse(group ?? '')
    return Number.isNaN(from) ? [] : [{ ...(ofHours.get(from) ?? NO_REQUESTS), requests, from }]
  })
  return {
    state: 'measured',
    days: daysOf(hours, since),
    incidents: incidentsOf(hours),
    models: new Map(
      models.flatMap(({ group, requests }) =>
        group === undefined ? [] : [[group, { ...(ofModels.get(group) ?? NO_REQUESTS), requests }]],
      ),
    ),
    firstOutput: measuredOf(times),
  }
}

function measuredOf(times: readonly UsageTimes[]): TimesMeasured | undefined {
  const all: TimeBuckets = new Map()
  for (const { firstOutputs } of times) mergeTimes(all, firstOutputs)
  const [p50, p95] = [timeAt(all, 0.5), timeAt(all, 0.95)]
  return p50 === undefined || p95 === undefined ? undefined : { p50, p95 }
}

interface HourRecords extends Share {
  /** When it began, in ms since the epoch. */
  readonly from: number
}

/** What failed by whose fault, by hour or by model; how many requests there were is not said. */
function sharesBy<Key>(failed: readonly FaultTotals[], keyOf: (one: FaultTotals) => Key): Map<Key, Share> {
  const shares = new Map<Key, Share>()
  for (const one of failed) {
    const key = keyOf(one)
    const before = shares.get(key) ?? NO_REQUESTS
    shares.set(key, { ...before, [one.fault]: before[one.fault] + one.requests })
  }
  return shares
}

function daysOf(hours: readonly HourRecords[], since: number): DayRecords[] {
  const byDay = new Map<string, Share[]>()
  for (const hour of hours) {
    const day = new Date(hour.from).toISOString().slice(0, 10)
    byDay.set(day, [...(byDay.get(day) ?? []), hour])
  }
  return Array.from({ length: STATUS_DAYS }, (_, index) => {
    const day = new Date(since + index * DAY_MS).toISOString().slice(0, 10)
    return { day, ...addShares(byDay.get(day) ?? []) }
  })
}

function incidentsOf(hours: readonly HourRecords[]): Incident[] {
  const incidents: Incident[] = []
  for (const { from, ...share } of hours) {
    const [all, failed] = [answerable(share), failedOf(share)]
    if (failed < INCIDENT_FAILURES || (all - failed) / all >= INCIDENT_SHARE) continue
    const until = from + HOUR_MS
    const last = incidents.at(-1)
    if (last?.until === from) incidents[incidents.length - 1] = { ...addShares([last, share]), from: last.from, until }
    else incidents.push({ ...share, from, until })
  }
  return incidents.toReversed()
}
