import type { TimeBuckets } from './time-buckets.ts'

/** Of which requests to tell how long they took. */
export interface TimesQuery {
  readonly by: 'day' | 'hour'
  /** Only what arrived in the hour of this moment, or later; in ms since the epoch. Hours, in UTC, count whole. */
  readonly since?: number | undefined
  /** Only what arrived in hours that began before this moment, in ms since the epoch. */
  readonly until?: number | undefined
  readonly account?: string | undefined
}

/** How long the requests of a day or an hour took. */
export interface UsageTimes {
  /** When it began, in ms since the epoch. */
  readonly at: number
  /** From arrival to the end. */
  readonly durations: TimeBuckets
  /** From arrival to the first output, of those that had one. */
  readonly firstOutputs: TimeBuckets
}

/** How long each lasts, in ms. */
export const stepMs: Readonly<Record<TimesQuery['by'], number>> = { hour: 3_600_000, day: 86_400_000 }

/** The whole hours of a query, counted from the epoch: from one to before another. */
export const hoursOf = ({
  since = -Infinity,
  until = Infinity,
}: TimesQuery): readonly [from: number, until: number] => [
  Math.floor(since / stepMs.hour),
  Math.ceil(until / stepMs.hour),
]

/** When the hour began in which a moment lies, in ms since the epoch. */
export const inHourOf = (at: number): number => stepOf(at, 'hour')

/** When the step began in which a moment lies. */
export const stepOf = (at: number, by: TimesQuery['by']): number => Math.floor(at / stepMs[by]) * stepMs[by]
