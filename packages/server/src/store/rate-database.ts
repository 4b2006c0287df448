import type { CountedBefore, RateCounter, UnderWayBefore } from '@speka/core/internal'

/** Who counts the rates at present. */
export interface RateEpoch {
  readonly epoch: number
  /** The life of the Redis that counts; `undefined`: the database does. */
  readonly life: string | undefined
  readonly series: string
  /** The life of the Redis that all of them reach; `undefined`: some reach none, or another. */
  readonly everybodySees: string | undefined
  /** Whether it is not known yet what the one who asks had been handed before this epoch. */
  readonly wantsReport: boolean
}

/** Puts what counts into the Redis that is to count from now on. */
export type FillEpoch = (
  epoch: number,
  counted: readonly CountedBefore[],
  underWay: readonly UnderWayBefore[],
) => Promise<void>

/**
 * Who counts the rates that replicas share, as they all agree on in their database; and the database as the one who does. The one who counts
 * changes with the epoch. The database knows what counted before once all who asked have told it; what it counts itself it hands over whole.
 */
export interface RateDatabase extends RateCounter {
  /** Says that a process is there, and which Redis it reaches. */
  beat(member: string, sees: string | undefined): Promise<RateEpoch>
  /** Ends an epoch of a Redis that does not answer. Another epoch is left as it is. @returns the one that has begun; `undefined`: none has */
  takeOver(epoch: number): Promise<number | undefined>
  /** Ends an epoch of the database for one of the Redis of that life. Another epoch is left as it is. */
  handOver(epoch: number, member: string, life: string, fill: FillEpoch): Promise<void>
  /** What a process had been handed, before this epoch and in it. */
  report(epoch: number, member: string, counted: readonly CountedBefore[]): Promise<void>
  /** As `report`, of a process that asks no more. */
  leave(member: string, counted: readonly CountedBefore[]): Promise<void>
  /** Called with an epoch when that has begun, and when somebody has reported in it, as far as that can be told: `beat` says what it is. */
  onChange(listener: (epoch: number) => void): void
  close(): Promise<void>
}
