import type { DatabaseSync } from 'node:sqlite'
import { HOUR_KEY } from '../../projections/sum-columns.ts'
import { quoted } from './tables.ts'

/** How many rows are remembered, of some 200 bytes each. */
export const MOST_ROWS = 50_000

/** What is read of a row: its key, then the sums that were asked for. */
export type HourRow = readonly number[]

/**
 * Reads the sums by hour, and remembers them: of a month that somebody looks at again and again only the last hour changes.
 * Every hour has a version, which whoever adds to it raises in the same transaction.
 */
export interface HourRows {
  /** Those of whole hours, from one to before another, in their order. Those of an hour that is as it was are the same list. */
  read(from: number, until: number, sums: readonly string[]): readonly (readonly HourRow[])[]
}

export function hourRows(projections: DatabaseSync): HourRows {
  const selectVersions = projections.prepare('SELECT hour, version FROM hour_version WHERE hour >= ? AND hour < ?')
  selectVersions.setReturnArrays(true)
  const known = new Map<number, { readonly version: number; readonly rows: readonly HourRow[] }>()
  let size = 0
  let columns = ''
  let isFull = false

  function forget(): void {
    known.clear()
    size = 0
  }

  function readMissing(from: number, until: number): Map<number, HourRow[]> {
    const select = projections.prepare(`SELECT ${columns} FROM usage_hour WHERE hour >= ? AND hour < ?`)
    select.setReturnArrays(true)
    const hours = new Map<number, HourRow[]>()
    for (const row of select.all(from, until) as unknown as HourRow[]) {
      const [hour = 0] = row
      const rows = hours.get(hour)
      if (rows === undefined) hours.set(hour, [row])
      else rows.push(row)
    }
    return hours
  }

  function remember(hour: number, version: number, rows: readonly HourRow[]): void {
    size += rows.length - (known.get(hour)?.rows.length ?? 0)
    isFull ||= size > MOST_ROWS
    if (isFull) forget()
    else known.set(hour, { version, rows })
  }

  function readAll(since: number, until: number): readonly (readonly HourRow[])[] {
    const versions = selectVersions.all(since, until) as unknown as readonly (readonly [number, number])[]
    const missing = versions.filter(([hour, version]) => known.get(hour)?.version !== version)
    // Mostly the last hours, or all.
    const [from = Infinity, to = -Infinity] = [missing.at(0)?.[0], missing.at(-1)?.[0]]
    const read = from <= to ? readMissing(from, to + 1) : new Map<number, HourRow[]>()
    const found = versions.map(([hour, version]) => {
      const there = known.get(hour)
      return { hour, version, rows: there?.version === version ? there.rows : (read.get(hour) ?? []) }
    })
    isFull = false
    for (const { hour, version, rows } of found) {
      if (known.get(hour)?.version !== version && !isFull) remember(hour, version, rows)
    }
    return found.map(({ rows }) => rows)
  }

  return {
    read(from, until, sums) {
      const wanted = [...HOUR_KEY, ...sums].map(quoted).join(', ')
      if (wanted !== columns) forget()
      columns = wanted
      // What versions say, and what is read by them, is of one moment.
      projections.exec('BEGIN')
      try {
        return readAll(from, until)
      } finally {
        if (projections.isTransaction) projections.exec('COMMIT')
      }
    },
  }
}
