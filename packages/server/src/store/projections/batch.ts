import type { StoredRow } from '../usage-record-table.ts'
import { GroupTable } from './group-table.ts'
import { PricedCells } from './priced-cells.ts'
import { addRow, addSums, noSums, type Sums } from './sums.ts'
import { DAY_KEY, FAULT_KEY, HOUR_KEY } from './sum-columns.ts'
import type { TextNumbers } from './text-numbers.ts'
import { faultOf, faults } from '../faults.ts'
import { countTime, type TimeBuckets } from '../time-buckets.ts'

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

/** How many requests of one hour and model ended in an error by one's fault. */
export interface FaultCell {
  readonly key: readonly number[]
  requests: number
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
  readonly hours: HourCell[] = []
  readonly customerDays: Cell[] = []
  readonly faults: FaultCell[] = []
  readonly priced: PricedCells
  /** Rows of the index over requests that are not written yet: the values of each, one behind the other. */
  readonly requests: (number | bigint | null)[] = []
  readonly #hourTable = new GroupTable(HOUR_KEY.length)
  readonly #dayTable = new GroupTable(DAY_KEY.length)
  readonly #faultTable = new GroupTable(FAULT_KEY.length)
  readonly #counts: readonly string[]
  /** The sums of the row at hand, which count in both. */
  readonly #sums: Sums

  /** @param counts the names of the units' counts. */
  constructor(counts: readonly string[]) {
    this.#counts = counts
    this.#sums = noSums(counts)
    this.priced = new PricedCells(counts)
  }

  add(row: StoredRow, { account, key, labels, customer, model, provider }: RowNumbers): void {
    const hour = Math.floor(row.createdAt / HOUR_MS)
    const name = [hour, account, key, labels, model, provider]
    const place = this.#hourTable.placeOf(name)
    const cell = (this.hours[place] ??= {
      key: name,
      sums: noSums(this.#counts),
      durations: new Map(),
      firstOutputs: new Map(),
    })
    this.#sums.fill(0)
    addRow(this.#sums, row, this.#counts)
    addSums(cell.sums, 0, this.#sums)
    const { durationMs, firstOutputMs } = row.record
    if (typeof durationMs === 'number') countTime(cell.durations, durationMs)
    if (typeof firstOutputMs === 'number') countTime(cell.firstOutputs, firstOutputMs)
    const fault = faultOf(row.record.outcome, row.record.errorCode)
    if (fault !== undefined) this.#addToFaults(hour, model, faults.indexOf(fault))
    this.#addToDay(Math.floor(hour / HOURS_OF_DAY), account, customer)
  }

  #addToFaults(hour: number, model: number, fault: number): void {
    const key = [hour, model, fault]
    const cell = (this.faults[this.#faultTable.placeOf(key)] ??= { key, requests: 0 })
    cell.requests += 1
  }

  #addToDay(day: number, account: number, customer: number): void {
    const name = [day, account, customer]
    const place = this.#dayTable.placeOf(name)
    const cell = (this.customerDays[place] ??= { key: name, sums: noSums(this.#counts) })
    addSums(cell.sums, 0, this.#sums)
  }
}

/** The numbers of all that a row is called by; texts without one get one. */
export const numbersOf = ({ account, keyId, record }: StoredRow, texts: Pick<TextNumbers, 'numberOf'>): RowNumbers => ({
  account: texts.numberOf(account),
  key: texts.numberOf(keyId),
  labels: record.labels ?? 0,
  customer: texts.numberOf(record.customer),
  model: texts.numberOf(record.model),
  provider: texts.numberOf(record.provider),
})
