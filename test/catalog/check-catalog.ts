import type { OpenCatalogRow } from '../../packages/server/src/config/open-catalog.ts'

export const keyOf = ({ provider, model }: OpenCatalogRow): string => `${provider}/${model}`

const DAY_MS = 86_400_000
const MOST_DAYS = 90
const MOST_CHANGE = 0.5

/** Rows whose price nobody has seen for 90 days, as of a day (`YYYY-MM-DD`), in words. */
export const staleRows = (rows: readonly OpenCatalogRow[], today: string): string[] =>
  rows.flatMap((row) => {
    const days = Math.round((Date.parse(today) - Date.parse(row.as_of)) / DAY_MS)
    return days > MOST_DAYS ? `${keyOf(row)}: its price is ${days} days old (${row.from}, ${row.as_of})` : []
  })

/** Prices that have changed by more than half of what they were, in words: a mistake of the data set's, or news. */
export function jumps(before: readonly OpenCatalogRow[], after: readonly OpenCatalogRow[]): string[] {
  const earlier = new Map(before.map((row) => [keyOf(row), row]))
  return after.flatMap((row) => {
    const was = earlier.get(keyOf(row))
    if (was === undefined) return []
    const now = ratesOf(row)
    return Object.entries(ratesOf(was)).flatMap(([unit, rate]) => {
      const changed = now[unit]
      if (changed === undefined || Math.abs(changed - rate) <= rate * MOST_CHANGE) return []
      return `${keyOf(row)}: ${unit} was ${rate} and is ${changed} (${row.from}, ${row.as_of})`
    })
  })
}

/** The usual rates of a price, by unit. */
export function ratesOf({ price }: OpenCatalogRow): Readonly<Record<string, number>> {
  const usual = Array.isArray(price) ? (price as readonly object[])[0] : price
  return Object.fromEntries(Object.entries(usual ?? {}).map(([unit, rate]) => [unit, Number(rate)]))
}
