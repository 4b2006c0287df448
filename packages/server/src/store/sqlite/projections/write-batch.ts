import type { DatabaseSync } from 'node:sqlite'
import type { StoredRow } from '../../usage-record-table.ts'
import type { Batch, HourCell, RowNumbers } from '../../projections/batch.ts'
import { hashText } from '../../projections/hash-text.ts'
import { outcomeNumber } from '../../projections/outcome-number.ts'
import { DAY_KEY, DOLLAR, FAULT_KEY, HOUR_KEY, PRICE_KEY, PRICE_SUMS, SUMS } from '../../projections/sum-columns.ts'
import { quoted } from './tables.ts'
import { mergeTimes, readTimes, writeTimes } from '../../time-buckets.ts'
import { upstreamHash } from '../../projections/upstream-hash.ts'

const REQUEST_COLUMNS = 13

/** Rows are written together: a statement by itself costs half as much as a row. */
const ROWS_OF_A_STATEMENT = 32

/** Brings what a batch has added up into the tables, within a transaction. */
export interface BatchWriter {
  /** Has the index over requests hold a row, by the end of {@link write}. */
  index(batch: Batch, row: StoredRow, numbers: RowNumbers): void
  /** Writes the sums, and what is left of the index. */
  write(batch: Batch): void
}

/** @param counts the names of the units' counts. */
export function batchWriter(db: DatabaseSync, counts: readonly string[]): BatchWriter {
  const names = [...SUMS, ...counts]
  const addToHour = db.prepare(addTo('usage_hour', HOUR_KEY, names))
  const addToFault = db.prepare(addTo('usage_fault', FAULT_KEY, ['requests']))
  const addToDay = db.prepare(addTo('usage_customer_day', DAY_KEY, names))
  const addToPrice = db.prepare(addTo('usage_price', PRICE_KEY, [...PRICE_SUMS, ...counts]))
  const sameHour = HOUR_KEY.map((name) => `${name} = ?`).join(' AND ')
  const timesOf = db.prepare(`SELECT duration, first_output FROM usage_hour_times WHERE ${sameHour}`)
  const putTimes = db.prepare(`INSERT OR REPLACE INTO usage_hour_times VALUES (${marks(HOUR_KEY.length + 2)})`)
  const raiseVersion = db.prepare(
    'INSERT INTO hour_version VALUES (?, 1) ON CONFLICT DO UPDATE SET version = version + 1',
  )
  const noteUsed = db.prepare('INSERT OR IGNORE INTO used_sum VALUES (?)')
  const insertRequest = db.prepare(insertRequests(1))
  const insertSeveral = db.prepare(insertRequests(ROWS_OF_A_STATEMENT))

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
    write({ requests, hours, customerDays, faults, priced }) {
      for (let at = 0; at < requests.length; at += REQUEST_COLUMNS)
        insertRequest.run(...requests.slice(at, at + REQUEST_COLUMNS))
      requests.length = 0
      for (const { key, sums, durations, firstOutputs } of hours) {
        addToHour.run(...key, ...sums)
        const before = timesOf.get(...key)
        if (before !== undefined) {
          mergeTimes(durations, readTimes(String(before['duration'])))
          mergeTimes(firstOutputs, readTimes(String(before['first_output'])))
        }
        putTimes.run(...key, writeTimes(durations), writeTimes(firstOutputs))
      }
      for (const hour of new Set(hours.map(({ key }) => key[0] ?? 0))) raiseVersion.run(hour)
      noteUsedSums(hours)
      for (const { key, requests: failed } of faults) addToFault.run(...key, failed)
      for (const { key, sums } of customerDays) addToDay.run(...key, ...sums)
      for (const { key, sums } of priced.cells) addToPrice.run(...key, ...sums)
    },

    index({ requests }, { owner, n, createdAt, charge, record }, numbers) {
      const { account, key, labels, customer, model, provider } = numbers
      requests.push(
        owner,
        n,
        createdAt,
        record.upstreamId === undefined ? 0 : upstreamHash(record.upstreamId, n),
        account,
        key,
        labels,
        customer,
        record.session === undefined ? 0 : hashText(record.session),
        model,
        provider,
        outcomeNumber(record.outcome),
        charge ?? null,
      )
      if (requests.length < ROWS_OF_A_STATEMENT * REQUEST_COLUMNS) return
      insertSeveral.run(...requests)
      requests.length = 0
    },
  }
}

const marks = (count: number): string => Array.from({ length: count }, () => '?').join(', ')

const insertRequests = (rows: number): string =>
  `INSERT INTO request_index VALUES ${Array.from({ length: rows }, () => `(${marks(REQUEST_COLUMNS)})`).join(', ')}`

/** Adds to a row, or makes it. A sum of pico-dollars never exceeds a dollar: what does goes to the dollars. */
function addTo(table: string, key: readonly string[], names: readonly string[]): string {
  const sums = names.map((name) =>
    name.endsWith('_usd')
      ? `${name} = ${name} + excluded.${name} + (${picoOf(name)} + excluded.${picoOf(name)}) / ${DOLLAR}`
      : name.endsWith('_pico')
        ? `${name} = (${name} + excluded.${name}) % ${DOLLAR}`
        : `${quoted(name)} = ${quoted(name)} + excluded.${quoted(name)}`,
  )
  return `
    INSERT INTO ${table} VALUES (${marks(key.length + names.length)})
    ON CONFLICT DO UPDATE SET ${sums.join(', ')}`
}

const picoOf = (usd: string): string => usd.replace('_usd', '_pico')
