import type { StoredRow } from '../usage-record-table.ts'
import { addRow, noSums, type Sums } from './sums.ts'
import type { TextNumbers } from './text-numbers.ts'
import { countTime, type TimeBuckets } from './time-buckets.ts'

export const HOUR_MS = 3_600_000
export const HOURS_OF_DAY = 24

/** The sums over the rows of one hour, account, key, labels, model and provider, or of one day, account and customer. */
export interface Cell {
  readonly key: readonly number[]
  readonly sums: Sums
}

/** With how long requests took. */
export interface HourCell extends Cell {
  readonly durations: TimeBuckets
  readonly firstOutputs: TimeBuckets
}

/** What a row is called by, in numbers. */
export interface RowNumbers {
  readonly account: number
  readonly key: number
  readonly labels: number
  readonly customer: number
  readonly model: number
  readonly provider: number
}

/** Rows added up in memory, so that each cell is written once for many of them. */
export class Batch {
  readonly hours = new Map<string, HourCell>()
  readonly customerDays = new Map<string, Cell>()
  readonly #counts: readonly string[]

  /** @param counts the names of the units' counts. */
  constructor(counts: readonly string[]) {
    this.#counts = counts
  }

  add(row: StoredRow, { account, key, labels, customer, model, provider }: RowNumbers): void {
    const hour = Math.floor(row.createdAt / HOUR_MS)
    const name = `${hour} ${account} ${key} ${labels} ${model} ${provider}`
    let cell = this.hours.get(name)
    if (cell === undefined) {
      cell = {
        key: [hour, account, key, labels, model, provider],
        sums: noSums(this.#counts),
        durations: new Map(),
        firstOutputs: new Map(),
      }
      this.hours.set(name, cell)
    }
    addRow(cell.sums, row, this.#counts)
    const { durationMs, firstOutputMs } = row.record
    if (typeof durationMs === 'number') countTime(cell.durations, durationMs)
    if (typeof firstOutputMs === 'number') countTime(cell.firstOutputs, firstOutputMs)
    this.#addToDay(row, Math.floor(hour / HOURS_OF_DAY), account, customer)
  }

  #addToDay(row: StoredRow, day: number, account: number, customer: number): void {
    const name = `${day} ${account} ${customer}`
    let cell = this.customerDays.get(name)
    if (cell === undefined) {
      cell = { key: [day, account, customer], sums: noSums(this.#counts) }
      this.customerDays.set(name, cell)
    }
    addRow(cell.sums, row, this.#counts)
  }
}

/** The numbers of all that a row is called by; texts without one get one. */
export const numbersOf = ({ account, keyId, record }: StoredRow, texts: TextNumbers): RowNumbers => ({
  account: texts.numberOf(account),
  key: texts.numberOf(keyId),
  labels: record.labels ?? 0,
  customer: texts.numberOf(record.customer),
  model: texts.numberOf(record.model),
  provider: texts.numberOf(record.provider),
})
