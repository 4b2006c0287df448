import type { DatabaseSync } from 'node:sqlite'
import type { Charges } from '../../verify-rows.ts'
import { placeOf } from './place.ts'

/** Adds up the rows of an owner behind one of them, up to another, that included. */
export type RowCharges = (owner: number, after: number, upTo: number) => Charges

/** As `encodeRecord` writes it. In a text of the caller's its quotes would be escaped. */
const BUDGETS = '"budgets":['

/** Rows that are in memory at once. */
const ROWS_AT_ONCE = 2000

/**
 * Reads charges out of the rows' texts. Rows that name the same budgets, as those of one key do, are added up by their text: to
 * parse each row would take several times as long. It is looked for here, since SQLite takes twice as long to find it.
 */
export function rowCharges(db: DatabaseSync): RowCharges {
  const charging = db.prepare(`
    SELECT charge_pico, record FROM usage_record WHERE place > ? AND place <= ? AND charge_pico > 0`)
  charging.setReadBigInts(true)
  charging.setReturnArrays(true)

  function addLists(owner: number, after: number, upTo: number, lists: Map<string, bigint>): void {
    const rows = charging.all(placeOf({ owner, n: after }), placeOf({ owner, n: upTo }))
    for (const [charge, text] of rows as unknown as readonly (readonly [bigint, string])[]) {
      const start = text.indexOf(BUDGETS)
      if (start === -1) continue
      const list = text.slice(start + BUDGETS.length, text.indexOf(']', start))
      lists.set(list, (lists.get(list) ?? 0n) + charge)
    }
  }

  return (owner, after, upTo) => {
    const lists = new Map<string, bigint>()
    for (let n = after; n < upTo; n += ROWS_AT_ONCE) addLists(owner, n, Math.min(n + ROWS_AT_ONCE, upTo), lists)
    const charges: Charges = new Map()
    for (const [list, charge] of lists)
      for (const number of numbersIn(list)) charges.set(number, (charges.get(number) ?? 0n) + charge)
    return charges
  }
}

/** Each once. An empty list names none. */
const numbersIn = (list: string): Set<number> =>
  new Set(
    list
      .split(',')
      .map(Number)
      .filter((number) => Number.isSafeInteger(number) && number > 0),
  )
