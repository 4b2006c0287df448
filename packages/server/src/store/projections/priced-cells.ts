import type { Price, Usage } from '@speka/core'
import { units } from '@speka/core/internal/pricing'
import { unitsOfCharge } from '../charged-exactly.ts'
import { decodePrice, type EncodedPrice } from '../price-text.ts'
import type { StoredRow } from '../usage-record-table.ts'
import type { Cell, RowNumbers } from './batch.ts'
import { GroupTable } from './group-table.ts'
import { monthNumber } from './month-number.ts'
import { addAmount, type Sums } from './sums.ts'
import { PRICE_KEY, PRICE_SUMS } from './sum-columns.ts'
import type { TextNumbers } from './text-numbers.ts'

/** How many prices are remembered: they are few, unless somebody changes them all the time. */
const MOST_KNOWN = 1000

/** The number of no price. */
const NO_PRICE = 0

/** Where the charge stands among the sums. */
const CHARGE = PRICE_SUMS.indexOf('charge_usd')

/** What is to be billed of the rows of a batch, by account, month, key, labels, model and price. */
export class PricedCells {
  readonly cells: Cell[] = []
  readonly #table = new GroupTable(PRICE_KEY.length)
  readonly #width: number
  /** Where a unit's count stands among the sums. */
  readonly #placeOf: ReadonlyMap<string, number>

  /** @param counts the names of the units' counts. */
  constructor(counts: readonly string[]) {
    this.#width = PRICE_SUMS.length + counts.length
    this.#placeOf = new Map(counts.map((count, index) => [count, PRICE_SUMS.length + index]))
  }

  /** Adds a row, if its charge is known and it is not one that nothing usable was delivered for. */
  add({ createdAt, charge, record }: StoredRow, numbers: RowNumbers, texts: Pick<TextNumbers, 'numberOf'>): void {
    if (charge === undefined) return
    const encoded = record['price'] as EncodedPrice | undefined
    const text = encoded === undefined ? undefined : textOf(encoded)
    const price = encoded === undefined || text === undefined ? undefined : priceOf(text, encoded)
    // Counts stand in a row under the names that usage has for them.
    const charged = unitsOfCharge(record as Usage, price, charge)
    if (charged === undefined && charge === 0n) return
    const { account, key, labels, model } = numbers
    const number = charged === undefined ? NO_PRICE : texts.numberOf(text)
    const sums = this.#sumsOf([account, monthNumber(createdAt), key, labels, model, number])
    sums[0] = (sums[0] ?? 0) + 1
    addAmount(sums, CHARGE, charge)
    if (charged === undefined) return
    for (const { unit, quantity } of charged) {
      const place = this.#placeOf.get(units[unit].count)
      if (place !== undefined) sums[place] = (sums[place] ?? 0) + quantity
    }
  }

  #sumsOf(key: readonly number[]): Sums {
    const cell = (this.cells[this.#table.placeOf(key)] ??= { key, sums: Array.from({ length: this.#width }, () => 0) })
    return cell.sums
  }
}

/** The texts of prices: that of one that many rows share is written once. */
const texts = new WeakMap<EncodedPrice, string>()

function textOf(encoded: EncodedPrice): string {
  let text = texts.get(encoded)
  if (text === undefined) texts.set(encoded, (text = JSON.stringify(encoded)))
  return text
}

/** Prices by their text: that of one price is the same in all rows, and so are its terms. */
const known = new Map<string, Price>()

function priceOf(text: string, encoded: EncodedPrice): Price {
  let price = known.get(text)
  if (price === undefined) {
    price = decodePrice(encoded)
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(text, price)
  }
  return price
}
