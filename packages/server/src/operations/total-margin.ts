import { formatUsd, picoUsd, SpekaError } from '@speka/core'
import { z } from 'zod'
import type { UsageTotals } from '../store/store.ts'
import { countUncosted } from './count-uncosted.ts'
import { moment, oneOf } from './fields.ts'
import { operation } from './operation.ts'

/** What margins can be told apart by. */
export const marginGroups = ['model', 'provider', 'account'] as const

const count = z.number()

/** A month in UTC as text, `2026-11`; from when to before when once it is read, in ms since the epoch. */
const month = z
  .string({ error: 'must be a month such as 2026-11' })
  .regex(/^20\d{2}-(?:0[1-9]|1[0-2])$/, { error: 'must be a month such as 2026-11' })
  .transform((text) => {
    const [year, index] = [Number(text.slice(0, 4)), Number(text.slice(5)) - 1]
    return { since: Date.UTC(year, index), until: Date.UTC(year, index + 1) }
  })

/** Yes or no, from a query too. */
const yesOrNo = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
  error: 'must be true or false',
})

/** What the operator earned on one group of requests. */
export const marginView = z.object({
  /** An id or a name; `null` for requests that have none. */
  group: z.string().nullable(),
  requests: count,
  /** What they were charged for, in US dollars. */
  charge_usd: z.string(),
  /** What their attempts cost the operator, as far as that is known. */
  cost_usd: z.string(),
  /** The charge less the cost. */
  margin_usd: z.string(),
  /** The margin in percent of the charge, to two decimals; `null` where nothing was charged. */
  margin_percent: z.string().nullable(),
  /** Requests whose charge is not known, and so missing from `charge_usd`. */
  unpriced: count,
  /** Requests that were answered and whose cost is not known, and so missing from `cost_usd`; `null`: they were not counted. */
  uncosted: count.nullable(),
})

export type MarginView = z.output<typeof marginView>

/** What requests were charged for, and what they cost the operator. */
export const totalMargin = operation({
  right: 'margin.read',
  input: z.strictObject({
    by: oneOf(marginGroups).optional(),
    /** A month in UTC, `2026-11`, in place of `since` and `until`. */
    month: month.optional(),
    /** Only what arrived at this moment or later. */
    since: moment.optional(),
    /** Only what arrived before this moment. */
    until: moment.optional(),
    /** Whether to count requests without a known cost: every record of that time is read for it. */
    uncosted: yesOrNo.optional(),
  }),
  output: z.array(marginView),
  async run(parts, { by = 'model', month: asked, since, until, uncosted = false }): Promise<MarginView[]> {
    if (asked !== undefined && (since !== undefined || until !== undefined))
      throw new SpekaError('invalid_value', 'month is said in place of since and until.', { param: 'month' })
    const span = asked ?? { since, until }
    const totals = await parts.store.ledger.totals({ by, ...span, most: parts.mostGroups })
    const missing = uncosted ? await countUncosted(parts.store.ledger, by, span) : undefined
    return totals.map((sums) => viewOf(sums, missing))
  },
})

const viewOf = (
  { group, requests, charge, cost, unpriced }: UsageTotals,
  missing: ReadonlyMap<string | undefined, number> | undefined,
): MarginView => ({
  group: group ?? null,
  requests,
  charge_usd: formatUsd(charge),
  cost_usd: formatUsd(cost),
  margin_usd: formatUsd(picoUsd(charge - cost)),
  margin_percent: percentOf(charge - cost, charge),
  unpriced,
  uncosted: missing === undefined ? null : (missing.get(group) ?? 0),
})

/** To two decimals, halves away from zero. */
function percentOf(part: bigint, whole: bigint): string | null {
  if (whole === 0n) return null
  const hundredths = (size(part) * 100_00n * 2n + size(whole)) / (size(whole) * 2n)
  const sign = part < 0n && hundredths > 0n ? '-' : ''
  return `${sign}${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`
}

const size = (amount: bigint): bigint => (amount < 0n ? -amount : amount)
