import type { DatabaseSync } from 'node:sqlite'
import { placeOf } from './place.ts'

/** What rows charge, by the numbers of the budgets that they name. */
export type Charges = Map<number, bigint>

/** Adds up the rows of an owner behind one of them, up to another, that included. */
export type RowCharges = (owner: number, after: number, upTo: number) => Charges

/** As `encodeRecord` writes it. In a text of the caller's its quotes would be escaped. */
const BUDGETS = '"budgets":['

/** Amounts are added in two parts, since SQLite refuses a sum beyond 64 bits. */
const PART = 1_000_000_000

/**
 * Reads charges out of the rows' texts. Rows that name the same budgets, as those of one key do, are added up by their text: a row
 * takes a fifth of what parsing it would.
 */
export function rowCharges(db: DatabaseSync): RowCharges {
  const sums = db.prepare(`
    SELECT substr(list, 1, instr(list, ']') - 1) AS budgets, sum(charge / ${PART}), sum(charge % ${PART})
    FROM (
      SELECT charge_pico AS charge, substr(record, instr(record, '${BUDGETS}') + ${BUDGETS.length}) AS list
      FROM usage_record WHERE place > ? AND place <= ? AND charge_pico > 0 AND instr(record, '${BUDGETS}') > 0)
    GROUP BY budgets`)
  sums.setReadBigInts(true)
  sums.setReturnArrays(true)
  return (owner, after, upTo) => {
    const charges: Charges = new Map()
    if (after >= upTo) return charges
    const found = sums.all(placeOf({ owner, n: after }), placeOf({ owner, n: upTo }))
    for (const [list, parts, rest] of found as unknown as readonly (readonly [string, bigint, bigint])[])
      for (const number of new Set(numbersIn(list)))
        charges.set(number, (charges.get(number) ?? 0n) + parts * BigInt(PART) + rest)
    return charges
  }
}

const numbersIn = (list: string): number[] => list.split(',').map(Number).filter(Number.isSafeInteger)
