import type { StoredRow } from '../usage-record-table.ts'
import { DOLLAR, SUMS } from './sum-columns.ts'

/** What is added up, in the order of the columns: {@link SUMS}, then each unit's count. */
export type Sums = number[]

const at = Object.fromEntries(SUMS.map((name, index) => [name, index])) as Record<(typeof SUMS)[number], number>

/** Outcomes that were an error for the caller. */
const isFailed = (outcome: string): boolean => outcome === 'failed' || outcome === 'interrupted'

/** To be copied, which is quicker than to make each anew. */
let zeros: Sums = []

export function noSums(counts: readonly string[]): Sums {
  const length = SUMS.length + counts.length
  if (zeros.length !== length) zeros = Array.from({ length }, () => 0)
  return zeros.slice()
}

/**
 * Adds a row. Dollars and the rest stay apart: together they go beyond what a number holds.
 *
 * @param counts the names of the units' counts.
 */
export function addRow(sums: Sums, { record, charge }: StoredRow, counts: readonly string[]): void {
  add(sums, at.requests, 1)
  if (isFailed(record.outcome)) add(sums, at.failed, 1)
  if (charge === undefined) add(sums, at.unpriced, 1)
  else addAmount(sums, at.charge_usd, charge)
  const { attempts } = record
  if (Array.isArray(attempts)) {
    for (const { cost } of attempts as readonly { readonly cost?: unknown }[]) {
      if (typeof cost === 'string') addAmount(sums, at.cost_usd, BigInt(cost))
    }
  }
  for (let index = 0; index < counts.length; index += 1) {
    const count = record[counts[index] ?? '']
    if (typeof count === 'number') add(sums, SUMS.length + index, count)
  }
}

/** Adds all sums of a row to those that stand in a long row of sums, from `start` on. */
export function addSums(all: Sums, start: number, more: readonly number[]): void {
  for (let index = 0; index < more.length; index += 1) {
    const amount = more[index] ?? 0
    if (amount !== 0) add(all, start + index, amount)
  }
  carry(all, start + at.charge_usd)
  carry(all, start + at.cost_usd)
}

/**
 * Adds sums of a row, which stand there from `from` on, to those that stand in a long row of all sums from `start` on.
 *
 * @param which sums they are.
 */
export function addSomeSums(
  all: Float64Array,
  start: number,
  row: readonly number[],
  from: number,
  which: readonly number[],
): void {
  for (let index = 0; index < which.length; index += 1) add(all, start + (which[index] ?? 0), row[from + index] ?? 0)
  carry(all, start + at.charge_usd)
  carry(all, start + at.cost_usd)
}

/** What stands in a long row of sums, from `start` on; amounts in pico-dollars. */
export const chargeIn = (all: ArrayLike<number>, start: number): bigint => amountIn(all, start + at.charge_usd)
export const costIn = (all: ArrayLike<number>, start: number): bigint => amountIn(all, start + at.cost_usd)
export const numberIn = (all: ArrayLike<number>, start: number, name: 'requests' | 'failed' | 'unpriced'): number =>
  all[start + at[name]] ?? 0

function add(sums: Sums | Float64Array, index: number, amount: number): void {
  sums[index] = (sums[index] ?? 0) + amount
}

/**
 * Adds an amount of money.
 *
 * @param usd where its dollars stand; its pico-dollars stand behind them.
 */
export function addAmount(sums: Sums, usd: number, amount: bigint): void {
  // Nearly all are below nine thousand dollars, which numbers hold.
  if (amount > -SAFE && amount < SAFE) {
    const pico = Number(amount)
    const dollars = Math.trunc(pico / DOLLAR)
    add(sums, usd, dollars)
    add(sums, usd + 1, pico - dollars * DOLLAR)
  } else {
    add(sums, usd, Number(amount / DOLLARS))
    add(sums, usd + 1, Number(amount % DOLLARS))
  }
  carry(sums, usd)
}

function carry(sums: Sums | Float64Array, usd: number): void {
  const pico = sums[usd + 1] ?? 0
  const dollars = Math.trunc(pico / DOLLAR)
  if (dollars === 0) return
  add(sums, usd, dollars)
  sums[usd + 1] = pico - dollars * DOLLAR
}

/** An amount in pico-dollars whose dollars stand at `usd`. */
export function amountIn(all: ArrayLike<number>, usd: number): bigint {
  const [dollars, pico] = [all[usd] ?? 0, all[usd + 1] ?? 0]
  const amount = dollars * DOLLAR + pico
  return Number.isSafeInteger(amount) ? BigInt(amount) : BigInt(dollars) * DOLLARS + BigInt(pico)
}

const DOLLARS = BigInt(DOLLAR)
const SAFE = BigInt(Number.MAX_SAFE_INTEGER)
