/** A figure over several rounds. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly rounds: number
}

/** The middle value; the mean of the two middle ones when there is an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}

/** Median, least and greatest; `undefined` when there is nothing to summarise. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined
  return { median: median(values), min: Math.min(...values), max: Math.max(...values), rounds: values.length }
}

/** How one value stands to the one it is compared with: `ratio` divides, `difference` subtracts, `value` leaves it alone. */
export type Comparison = 'ratio' | 'difference' | 'value'

/**
 * Compares round by round, and only then summarises: what disturbed a round disturbed both sides of its pair. A round that one side
 * lacks is left out.
 */
export function paired(
  values: readonly (number | undefined)[],
  against: readonly (number | undefined)[],
  comparison: Comparison,
): Spread | undefined {
  const compared = values.flatMap((value, round) => {
    if (value === undefined) return []
    if (comparison === 'value') return [value]
    const other = against[round]
    if (other === undefined) return []
    return [comparison === 'ratio' ? value / other : value - other]
  })
  return spreadOf(compared.filter(Number.isFinite))
}

/** Quantiles of many values, in the unit they came in. */
export interface Quantiles {
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly count: number
}

/** By nearest rank, so that every quantile is a value that was measured; `undefined` for no values. */
export function quantilesOf(values: readonly number[]): Quantiles | undefined {
  const sorted = Float64Array.from(values).sort()
  const last = sorted.length - 1
  if (last < 0) return undefined
  const at = (quantile: number): number => sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? NaN
  return { p50: at(0.5), p99: at(0.99), max: sorted[last] ?? NaN, count: sorted.length }
}
