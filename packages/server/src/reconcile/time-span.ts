import { exportError } from './export-error.ts'
import type { ExportLine } from './export-line.ts'

const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** From a moment to before another, in ms since the epoch. */
export interface TimeSpan {
  readonly since: number
  readonly until: number
}

/** What sums are of, by what it is called. */
export const grains = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS } as const

export type Grain = keyof typeof grains

/**
 * What span of time a line of sums is of. One that does not say is of the day, in UTC, that it names a moment of.
 *
 * @throws SpekaError `invalid_request` for one that is of something else.
 */
export function grainOf({ line, from, until }: ExportLine): Grain {
  if (from === undefined) throw exportError(`Line ${line} is a sum, and does not say of which time.`)
  if (until === undefined) return 'day'
  const found = (Object.keys(grains) as Grain[]).find(
    (grain) => until - from === grains[grain] && from % grains[grain] === 0,
  )
  if (found !== undefined) return found
  throw exportError(
    `Line ${line} is the sum from ${shown(from)} to ${shown(until)}. Only whole minutes, hours and days in UTC can be compared: export one of these.`,
  )
}

const shown = (at: number): string => new Date(at).toISOString()

/** The time from the first line to the last, as they come. */
export class SpanSeen {
  #first = Infinity
  #last = -Infinity

  see(at: number): void {
    if (at < this.#first) this.#first = at
    if (at > this.#last) this.#last = at
  }

  /** All time, when no line has said when. A last line that names a day alone may be of any moment of it. */
  get span(): TimeSpan {
    if (this.#first > this.#last) return { since: -Infinity, until: Infinity }
    return { since: this.#first, until: this.#last + (this.#last % DAY_MS === 0 ? DAY_MS : 1) }
  }
}

/** What does not say when is taken for within. */
export const isWithin = (at: number | undefined, { since, until }: TimeSpan): boolean =>
  at === undefined || (at >= since && at < until)
