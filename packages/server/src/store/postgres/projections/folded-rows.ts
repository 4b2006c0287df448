import { Batch, numbersOf, type Cell } from '../../projections/batch.ts'
import { GroupTable } from '../../projections/group-table.ts'
import { hashText } from '../../projections/hash-text.ts'
import { outcomeNumber } from '../../projections/outcome-number.ts'
import { PRICE_SUMS, SUMS } from '../../projections/sum-columns.ts'
import { amountIn } from '../../projections/sums.ts'
import { upstreamHash } from '../../projections/upstream-hash.ts'
import type { StoredRow } from '../../usage-record-table.ts'
import { COUNT_COLUMNS } from '../tables/projections.ts'
import { batchTexts, type BatchTexts } from './batch-texts.ts'
import { dayTable, faultTable, hourCountTable, hourTable, priceTable, timeTable, type SumTable } from './sum-tables.ts'

/** A row of a table of sums: its key, then its sums. Texts stand by their numbers in the batch. */
export interface SumRow {
  readonly key: readonly number[]
  readonly sums: readonly (number | bigint)[]
}

/** Columns of the index over requests, in the order of an {@link IndexRow}. */
export const INDEX_COLUMNS = [
  'owner',
  'n',
  'time',
  'upstream',
  'account',
  'key',
  'labels',
  'customer',
  'session',
  'model',
  'provider',
  'outcome',
  'charge',
] as const

export type IndexRow = readonly (number | bigint | null)[]

/** Rows of the ledger, added up. */
export interface FoldedRows {
  readonly texts: BatchTexts
  readonly tables: readonly { readonly table: SumTable; readonly rows: readonly SumRow[] }[]
  readonly requests: readonly IndexRow[]
}

/** Adds rows up in memory, so that each sum is written once for many of them. */
export class RowFolder {
  readonly #batch = new Batch(COUNT_COLUMNS)
  readonly #texts = batchTexts()
  #requests: IndexRow[] = []

  add(row: StoredRow): void {
    const numbers = numbersOf(row, this.#texts)
    this.#batch.add(row, numbers)
    this.#batch.priced.add(row, numbers, this.#texts)
    const { owner, n, createdAt, charge, record } = row
    const { account, key, labels, customer, model, provider } = numbers
    this.#requests.push([
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
    ])
  }

  /** The rows of the index since this was asked last. */
  takeRequests(): readonly IndexRow[] {
    const taken = this.#requests
    this.#requests = []
    return taken
  }

  folded(): FoldedRows {
    const { hours, customerDays, faults, priced } = this.#batch
    return {
      texts: this.#texts,
      tables: [
        { table: hourTable, rows: hours.map(requestSums) },
        { table: hourCountTable, rows: countsOf(hours) },
        { table: timeTable, rows: timesOf(this.#batch) },
        { table: faultTable, rows: faults.map(({ key, requests }) => ({ key, sums: [requests] })) },
        { table: dayTable, rows: customerDays.map(requestSums) },
        { table: priceTable, rows: priced.cells.map(pricedSums) },
      ],
      requests: this.#requests,
    }
  }
}

const [CHARGE, COST] = [SUMS.indexOf('charge_usd'), SUMS.indexOf('cost_usd')]
const PRICED_CHARGE = PRICE_SUMS.indexOf('charge_usd')

const requestSums = ({ key, sums }: Cell): SumRow => ({
  key,
  sums: [...sums.slice(0, CHARGE), amountIn(sums, CHARGE), amountIn(sums, COST), ...sums.slice(SUMS.length)],
})

const pricedSums = ({ key, sums }: Cell): SumRow => ({
  key,
  sums: [...sums.slice(0, PRICED_CHARGE), amountIn(sums, PRICED_CHARGE), ...sums.slice(PRICE_SUMS.length)],
})

const REQUESTS = SUMS.indexOf('requests')

function countsOf(hours: readonly Cell[]): SumRow[] {
  const counts = new Map<number, number>()
  for (const { key, sums } of hours) {
    const [hour = 0] = key
    counts.set(hour, (counts.get(hour) ?? 0) + (sums[REQUESTS] ?? 0))
  }
  return [...counts].map(([hour, requests]) => ({ key: [hour], sums: [requests] }))
}

function timesOf({ hours }: Batch): SumRow[] {
  const table = new GroupTable(timeTable.key.length)
  const rows: { readonly key: readonly number[]; readonly sums: [durations: number, firstOutputs: number] }[] = []
  for (const { key, durations, firstOutputs } of hours) {
    const [hour = 0, account = 0] = key
    for (const [index, buckets] of [durations, firstOutputs].entries()) {
      for (const [bucket, count] of buckets) {
        const place = [hour, account, bucket]
        const { sums } = (rows[table.placeOf(place)] ??= { key: place, sums: [0, 0] })
        sums[index === 0 ? 0 : 1] += count
      }
    }
  }
  return rows
}
