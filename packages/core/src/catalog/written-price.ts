import { parsePricePerMillion, parseUsd } from '../money.ts'
import { unitEntries, type Unit } from '../units.ts'
import type { PriceSource } from '../wire/models.ts'
import type { Price } from './model.ts'

/** A price as people write it, in the catalog and in configurations: by unit, as decimal strings in US dollars, tokens per 1M, all else each. */
export type WrittenPrice = { readonly [Name in Unit]?: string | undefined }

/** One row of a price that depends on conditions: it holds where all that is given does. */
export type WrittenPriceRow = WrittenPrice & {
  /** The tier in which the upstream says that it has served the request: `flex`, `priority` … */
  readonly service_tier?: string | undefined
  /** Prompts of more tokens than this. */
  readonly above_input_tokens?: number | undefined
  /** What was served in a batch. */
  readonly batch?: boolean | undefined
  /** A day, as `YYYY-MM-DD` in UTC: in place of the row with the same other conditions, from then on. */
  readonly from?: string | undefined
}

/** The tier in which an upstream says it has served what was asked for in a batch. */
export const BATCH_TIER = 'batch'

/** The tier for which a row is, in the upstreams' words. */
export const tierOf = ({ service_tier: tier, batch }: WrittenPriceRow): string | undefined =>
  batch === true ? BATCH_TIER : tier

/** A price as its rows, whichever way it is written. */
export const rowsOf = (price: WrittenPrice | readonly WrittenPriceRow[]): readonly WrittenPriceRow[] =>
  isRows(price) ? price : [price]

export const isRows = (price: WrittenPrice | readonly WrittenPriceRow[]): price is readonly WrittenPriceRow[] =>
  Array.isArray(price)

/** Where a price is from, and since when it has held. */
interface Origin {
  readonly source: PriceSource
  /** For rows that name no day. Default: they have always held. */
  readonly asOf?: string | undefined
}

/**
 * A price as it was written: one for each day from which some of it differs, oldest first.
 *
 * @throws RangeError naming the text that is not a price.
 */
export function readPrice(price: WrittenPrice | readonly WrittenPriceRow[], origin: Origin): readonly Price[] {
  const rows = rowsOf(price).map((row) => readRow(row, origin))
  const days = [...new Set(rows.map(({ asOf = '' }) => asOf))].sort()
  return days.map((day) => priceFrom(rows, day))
}

function readRow(written: WrittenPriceRow, { source, asOf }: Origin): Price {
  const { above_input_tokens: aboveInputTokens, from = asOf } = written
  const serviceTier = tierOf(written)
  const rates = unitEntries.flatMap(({ unit, rate, per }) => {
    const text = written[unit]
    return text === undefined ? [] : [[rate, per === 'million' ? parsePricePerMillion(text) : parseUsd(text)]]
  })
  return {
    ...Object.fromEntries(rates),
    source,
    ...(from !== undefined && { asOf: from }),
    ...((serviceTier !== undefined || aboveInputTokens !== undefined) && { when: { serviceTier, aboveInputTokens } }),
  }
}

/** What holds from a day on: of rows with the same condition the latest that has begun. */
function priceFrom(rows: readonly Price[], day: string): Price {
  const current = new Map<string, Price>()
  const begun = rows.filter(({ asOf = '' }) => asOf <= day)
  for (const row of begun.toSorted((a, b) => compare(a.asOf, b.asOf))) {
    current.set(JSON.stringify([row.when?.serviceTier, row.when?.aboveInputTokens]), row)
  }
  const inForce = [...current.values()].sort(byParticularity)
  const base = inForce.at(-1)
  if (base === undefined) throw new RangeError('a price has no row')
  if (inForce.length === 1) return base
  return { ...base, ...(day !== '' && { asOf: day }), rows: inForce }
}

const compare = (a = '', b = ''): number => (a < b ? -1 : Number(a > b))

/** The most particular first: a tier before a length of prompt, a longer one before a shorter. */
export const byParticularity = (a: Price, b: Price): number =>
  Number(b.when?.serviceTier !== undefined) - Number(a.when?.serviceTier !== undefined) ||
  (b.when?.aboveInputTokens ?? -1) - (a.when?.aboveInputTokens ?? -1) ||
  // Tiers exclude each other, so that any order of theirs will do.
  (a.when?.serviceTier ?? '').localeCompare(b.when?.serviceTier ?? '')
