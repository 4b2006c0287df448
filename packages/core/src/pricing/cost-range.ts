import type { Price } from '../catalog/model.ts'
import { picoUsd, type PicoUsd } from '../money.ts'
import type { CallSize } from '../operations/operation.ts'
import { rowsInReach } from './price-row.ts'
import type { CountName } from '../units.ts'
import { termsOf, type Extra, type Sum, type Term } from './cost-of.ts'

/** What a call may cost, in pico-dollars, before it is made. */
export interface CostRange {
  /** If the answer is empty, and all else is as cheap as the price has it. */
  readonly least: PicoUsd
  /**
   * If the answer is as long as the caller allows, and all else is as dear as the price has it; `undefined`: the caller set no
   * limit.
   */
  readonly most: PicoUsd | undefined
}

/**
 * The range of what a call of `size` costs, over all conditions of the price that it may meet; `undefined` when the price has
 * no part for what is asked.
 */
export function costRange(size: CallSize, price: Price): CostRange | undefined {
  let range: CostRange | undefined
  for (const row of rowsInReach(price, mostTokensOf(size))) {
    const other = rangeAt(size, row)
    if (other === undefined) return undefined
    range = range === undefined ? other : together(range, other)
  }
  return range
}

/** The size is an estimate of three bytes to a token; a prompt cannot have more than one for each byte. */
const mostTokensOf = ({ inputTokens }: CallSize): number => inputTokens * MOST_PER_ESTIMATED
const MOST_PER_ESTIMATED = 3

const together = (a: CostRange, b: CostRange): CostRange => ({
  least: a.least < b.least ? a.least : b.least,
  most: a.most === undefined || b.most === undefined ? undefined : a.most > b.most ? a.most : b.most,
})

function rangeAt(size: CallSize, row: Price): CostRange | undefined {
  const { inputTokens, outputTokens, images } = size
  const { sums, extras, instead } = termsOf(row)
  const extra = costOfExtras(size, extras)
  if (images !== undefined) {
    if (row.image === undefined) return undefined
    const all = picoUsd(row.image * BigInt(images) + extra)
    return { least: all, most: all }
  }
  const pieces = costOfPieces(size, instead)
  if (pieces !== undefined) return { least: picoUsd(pieces + extra), most: picoUsd(pieces + extra) }
  if (sums.length === 0 && extras.length === 0) return undefined
  const input = boundsOf(sums, 'inputTokens')
  const output = boundsOf(sums, 'outputTokens')
  const prompt = BigInt(inputTokens)
  const least = picoUsd(input.least * prompt + extra)
  const dearest = input.most * prompt + extra
  if (output.most === 0n && row.output === undefined) return { least, most: picoUsd(dearest) }
  if (outputTokens === undefined) return { least, most: undefined }
  return { least, most: picoUsd(dearest + output.most * BigInt(outputTokens)) }
}

const costOfExtras = (size: CallSize, extras: readonly Extra[]): bigint =>
  extras.reduce(
    (cost, { count, rate, presumed }) => cost + rate * BigInt((count === 'searches' ? size.searches : presumed) ?? 0),
    0n,
  )

/** What is charged in place of tokens: `undefined`, nothing is that this has any of. */
function costOfPieces({ seconds, characters }: CallSize, instead: readonly Term[]): bigint | undefined {
  const asked: Readonly<Partial<Record<CountName, number | undefined>>> = { seconds, characters }
  let cost: bigint | undefined
  for (const { count, rate } of instead) {
    const pieces = asked[count]
    if (pieces !== undefined) cost = (cost ?? 0n) + rate * BigInt(pieces)
  }
  return cost
}

/** What a token may cost at the least and at the most, whichever part of its sum it is. */
function boundsOf(sums: readonly Sum[], count: Sum['count']): { readonly least: bigint; readonly most: bigint } {
  const sum = sums.find((one) => one.count === count)
  let [least, most] = [sum?.rate ?? 0n, sum?.rate ?? 0n]
  for (const { rate } of sum?.parts ?? []) {
    if (rate < least) least = rate
    if (rate > most) most = rate
  }
  return { least, most }
}

/** The most that a token of a sum may cost, whichever part of it it is. */
export const highestRate = (sums: readonly Sum[], count: Sum['count']): bigint => boundsOf(sums, count).most

/**
 * How many tokens an answer may have so that the call stays within `limit` pico-dollars whatever conditions of the price it
 * meets, for each of `choices` choices; 0 or less: none.
 */
export function affordableTokens(limit: PicoUsd, size: CallSize, price: Price, choices: number): number {
  let fewest = Infinity
  for (const row of rowsInReach(price, mostTokensOf(size))) {
    fewest = Math.min(fewest, affordableAt(limit, size, row, choices))
  }
  return fewest
}

function affordableAt(limit: PicoUsd, size: CallSize, row: Price, choices: number): number {
  const { sums, extras } = termsOf(row)
  const output = boundsOf(sums, 'outputTokens').most
  if (output === 0n) return Infinity
  const left = limit - boundsOf(sums, 'inputTokens').most * BigInt(size.inputTokens) - costOfExtras(size, extras)
  return left < 0n ? -1 : Number(left / output / BigInt(choices))
}
