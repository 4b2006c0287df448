import { formatUsd, picoUsd } from '@speka/core'
import { z } from 'zod'
import type { RepriceSum } from '../billing/reprice-sums.ts'
import type { RepriceRecord } from '../store/records.ts'
import { shownMoment, textOf } from './moments.ts'

const usd = z.string()

/** Which rows, and what they should have cost. */
const what = {
  /** A glob of models. */
  models: z.string(),
  since: z.string(),
  until: z.string(),
  /** Rates by unit, in US dollars: of tokens per 1M, of all else each. */
  price: z.record(z.string(), z.string()),
} as const

/** A reprice as it is on record. */
export const repriceView = z.object({
  id: z.string(),
  ...what,
  created_at: z.string(),
  /** Since when every account has its adjustments; `null`: it was interrupted, and goes on when it is said again. */
  completed_at: shownMoment,
})

const sum = {
  /** Rows whose cost is known, by this price too. */
  rows: z.number(),
  /** Rows whose charge or usage is unknown: they stay as they are. */
  not_repriced: z.number(),
  /** What they have come to so far, with all earlier reprices. */
  charged_usd: usd,
  /** What they come to by this price. */
  repriced_usd: usd,
  /** The second less the first: below zero in the customer's favour. */
  difference_usd: usd,
} as const

/** What a reprice comes to. */
export const repriceResult = z.object({
  /** `null`: nothing is on record, since it was not applied or makes no difference. */
  id: z.string().nullable(),
  applied: z.boolean(),
  ...what,
  ...sum,
  /** What earlier reprices of that time get besides, for rows that have come since they were applied. */
  caught_up_usd: usd,
  accounts: z.array(
    z.object({
      account: z.string(),
      /** Of the rows' arrival. */
      month: z.string(),
      ...sum,
      /** The adjustment that was made; `null`: none was. */
      adjustment: z.string().nullable(),
      /** The month whose invoice has it. */
      invoiced_in: z.string().nullable(),
    }),
  ),
})

export type RepriceView = z.output<typeof repriceView>
export type RepriceResult = z.output<typeof repriceResult>

/** Which rows a reprice is about, and what they should have cost. */
export type RepriceSubject = Pick<RepriceRecord, 'models' | 'since' | 'until' | 'price'>

/** What has to be adjusted for an account and a month of rows, less what was already. */
export interface RepricePart extends RepriceSum {
  /** How many adjustments of this reprice there are, and what they come to. */
  readonly adjusted: { readonly count: number; readonly amount: bigint }
}

/** A reprice that was applied, and what it comes to now. */
export interface RepriceParts {
  readonly record: RepriceRecord
  readonly parted: readonly RepricePart[]
}

/** What is to be adjusted, in pico-dollars. */
export const differenceOf = ({ before, after, adjusted }: Pick<RepricePart, 'after' | 'before' | 'adjusted'>): bigint =>
  after - before - adjusted.amount

/** Which rows a reprice is about, as it is shown. */
export const shownReprice = ({ models, since, until, price }: RepriceSubject) => ({
  models,
  since: new Date(since).toISOString(),
  until: new Date(until).toISOString(),
  price,
})

export const viewReprice = (record: RepriceRecord): RepriceView => ({
  id: record.id,
  ...shownReprice(record),
  created_at: new Date(record.createdAt).toISOString(),
  completed_at: textOf(record.completedAt),
})

/** What a reprice comes to, before anything of it is written. */
export function viewSums(
  wanted: RepriceSubject,
  parted: readonly RepricePart[],
  behind: readonly RepriceParts[],
): RepriceResult {
  const whole = { rows: 0, notRepriced: 0, before: 0n, after: 0n, adjusted: { count: 0, amount: 0n } }
  for (const { rows, notRepriced, before, after, adjusted } of parted) {
    whole.rows += rows
    whole.notRepriced += notRepriced
    whole.before += before
    whole.after += after
    whole.adjusted.amount += adjusted.amount
  }
  return {
    id: null,
    applied: false,
    ...shownReprice(wanted),
    ...shownSum(whole),
    caught_up_usd: formatUsd(
      picoUsd(behind.flatMap((one) => one.parted).reduce((sum, part) => sum + differenceOf(part), 0n)),
    ),
    accounts: parted.map((part) => ({
      account: part.account,
      month: part.month,
      ...shownSum(part),
      adjustment: null,
      invoiced_in: null,
    })),
  }
}

const shownSum = (sum: Omit<RepricePart, 'account' | 'month'>) => ({
  rows: sum.rows,
  not_repriced: sum.notRepriced,
  charged_usd: formatUsd(picoUsd(sum.before + sum.adjusted.amount)),
  repriced_usd: formatUsd(picoUsd(sum.after)),
  difference_usd: formatUsd(picoUsd(differenceOf(sum))),
})
