import { costOf, matchesGlob, zeroUsd } from '@speka/core/internal'
import type { PicoUsd, Price, UsageRecord } from '@speka/core'
import type { RepriceRecord } from '../store/records.ts'
import { readRates } from './written-rates.ts'

/** A reprice, ready to be held against rows. */
export interface Repricing {
  readonly models: string
  /** From when until before when the rows arrived, in ms since the epoch. */
  readonly since: number
  readonly until: number
  readonly price: Price
}

export const repricingOf = ({
  models,
  since,
  until,
  price,
}: Omit<RepriceRecord, 'id' | 'account' | 'createdAt'>): Repricing => ({
  models,
  since,
  until,
  price: readRates(price),
})

/** What a row cost, and what it should have. */
export interface Repriced {
  /** With what earlier reprices have said of it. */
  readonly before: PicoUsd
  readonly after: PicoUsd
}

/**
 * What a reprice says of a row that it covers.
 *
 * @param earlier the reprices before it, the newest first: the first that covers the row and says what it should have cost is what
 *   it costs so far.
 * @returns `undefined` where nobody can tell: the charge of the row, or its usage, is unknown.
 */
export function repriced(record: UsageRecord, price: Price, earlier: readonly Repricing[]): Repriced | undefined {
  const { charge } = record
  const after = costBy(record, price)
  if (charge === undefined || after === undefined) return undefined
  for (const one of earlier) {
    const before = covers(one, record) ? costBy(record, one.price) : undefined
    if (before !== undefined) return { before, after }
  }
  return { before: charge, after }
}

/** Whether a row is among those that a reprice is about. */
export const covers = ({ models, since, until }: Repricing, { model, createdAt }: UsageRecord): boolean =>
  createdAt >= since && createdAt < until && model !== undefined && matchesGlob(models, model)

/** What a row costs by a price; of what was held to the most that can be, those counts. */
function costBy(record: UsageRecord, price: Price): PicoUsd | undefined {
  if (record.charge === undefined) return undefined
  return record.charge === 0n && !wasFree(record) ? zeroUsd : costOf(record.usage, price)
}

/** Whether a row charges nothing because its price was nothing, rather than because nothing usable was delivered. */
function wasFree({ outcome, usage, price, firstOutputMs }: UsageRecord): boolean {
  const wasDelivered = outcome === 'complete' || (outcome === 'cancelled' && firstOutputMs !== undefined)
  return wasDelivered && price !== undefined && costOf(usage, price) === 0n
}
