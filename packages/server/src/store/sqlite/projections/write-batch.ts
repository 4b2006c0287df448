import type { DatabaseSync } from 'node:sqlite'
import type { StoredRow } from '../usage-record-table.ts'
import type { Batch, HourCell, RowNumbers } from './batch.ts'
import { hashText } from './hash-text.ts'
import { outcomeNumber } from './outcome-number.ts'
import { DAY_KEY, DOLLAR, HOUR_KEY, quoted, SUMS } from './tables.ts'
import { mergeTimes, readTimes, writeTimes } from './time-buckets.ts'

/** Brings what a batch has added up into the tables, within a transaction. */
export interface BatchWriter {
  writeSums(batch: Batch): void
  index(row: StoredRow, numbers: RowNumbers): void
}

/** @param counts the names of the units' counts. */
export function batchWriter(db: DatabaseSync, counts: readonly string[]): BatchWriter {
  const addToHour = db.prepare(addTo('usage_hour', HOUR_KEY, counts))
  const addToDay = db.prepare(addTo('usage_customer_day', DAY_KEY, counts))
  const sameHour = HOUR_KEY.map((name) => `${name} = ?`).join(' AND ')
  const timesOf = db.prepare(`SELECT duration, first_output FROM usage_hour_times WHERE ${sameHour}`)
  const putTimes = db.prepare(`INSERT OR REPLACE INTO usage_hour_times VALUES (${marks(HOUR_KEY.length + 2)})`)
  const noteUsed = db.prepare('INSERT OR IGNORE INTO used_sum VALUES (?)')
  const insertRequest = db.prepare(`INSERT INTO request_index VALUES (${marks(13)})`)

  const names = [...SUMS, ...counts]

  function noteUsedSums(cells: Iterable<HourCell>): void {
    const used = new Set<string>()
    for (const { sums } of cells)
      for (let at = 0; at < sums.length; at += 1) {
        const name = names[at] ?? ''
        if (sums[at] === 0) continue
        used.add(name)
        // What does not fit goes to the dollars, when cells are added up.
        if (name.endsWith('_pico')) used.add(name.replace('_pico', '_usd'))
      }
    for (const name of used) noteUsed.run(name)
  }

  return {
    writeSums({ hours, customerDays }) {
      for (const { key, sums, durations, firstOutputs } of hours.values()) {
        addToHour.run(...key, ...sums)
        const before = timesOf.get(...key)
        if (before !== undefined) {
          mergeTimes(durations, readTimes(String(before['duration'])))
          mergeTimes(firstOutputs, readTimes(String(before['first_output'])))
        }
        putTimes.run(...key, writeTimes(durations), writeTimes(firstOutputs))
      }
      noteUsedSums(hours.values())
      for (const { key, sums } of customerDays.values()) addToDay.run(...key, ...sums)
    },

    index({ owner, n, createdAt, charge, record }, { account, key, labels, customer, model, provider }) {
      insertRequest.run(
        owner,
        n,
        createdAt,
        hashOf(record.upstreamId),
        account,
        key,
        labels,
        customer,
        hashOf(record.session),
        model,
        provider,
        outcomeNumber(record.outcome),
        charge ?? null,
      )
    },
  }
}

const hashOf = (text: string | undefined): number => (text === undefined ? 0 : hashText(text))

const marks = (count: number): string => Array.from({ length: count }, () => '?').join(', ')

/** Adds to a row, or makes it. A sum of pico-dollars never exceeds a dollar: what does goes to the dollars. */
function addTo(table: string, key: readonly string[], counts: readonly string[]): string {
  const sums = [...SUMS, ...counts].map((name) =>
    name.endsWith('_usd')
      ? `${name} = ${name} + excluded.${name} + (${picoOf(name)} + excluded.${picoOf(name)}) / ${DOLLAR}`
      : name.endsWith('_pico')
        ? `${name} = (${name} + excluded.${name}) % ${DOLLAR}`
        : `${quoted(name)} = ${quoted(name)} + excluded.${quoted(name)}`,
  )
  return `
    INSERT INTO ${table} VALUES (${marks(key.length + SUMS.length + counts.length)})
    ON CONFLICT DO UPDATE SET ${sums.join(', ')}`
}

const picoOf = (usd: string): string => usd.replace('_usd', '_pico')
