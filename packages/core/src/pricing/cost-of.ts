import type { Price } from '../catalog/model.ts'
import { picoUsd, type PicoUsd } from '../money.ts'
import type { Usage } from '../usage.ts'
import { rowFor } from './price-row.ts'
import { unitEntries, units, type CountName, type Unit, type UnitEntry } from '../units.ts'

/**
 * The exact cost of `usage` in pico-dollars, by the row of the price whose condition it meets; `undefined` when a priced
 * quantity is unknown, or when nothing in the price applies to what was used. What is made by the piece, as images are, is
 * priced by the piece, or by its tokens where the price has no rate for it.
 */
export function costOf(usage: Usage, price: Price): PicoUsd | undefined {
  const { usual, instead, sums, extras } = termsOf(price.rows === undefined ? price : rowFor(price, usage))
  if (usual !== undefined) {
    const { inputTokens, outputTokens, cachedInputTokens = 0 } = usage
    if (inputTokens === undefined || outputTokens === undefined) return undefined
    if (usual.cachedInput === undefined || cachedInputTokens === 0)
      return picoUsd(usual.input * BigInt(inputTokens) + usual.output * BigInt(outputTokens))
  }
  let total: bigint | undefined
  for (const { count, rate } of instead) {
    const counted = usage[count]
    if (counted !== undefined) total = (total ?? 0n) + rate * BigInt(counted)
  }
  if (total === undefined) {
    for (const sum of sums) {
      const cost = costOfSum(usage, sum)
      if (cost === undefined) return undefined
      total = (total ?? 0n) + cost
    }
  }
  for (const { count, rate, presumed } of extras) {
    const counted = usage[count] ?? presumed
    if (counted !== undefined) total = (total ?? 0n) + rate * BigInt(counted)
  }
  return total === undefined ? undefined : picoUsd(total)
}

function costOfSum(usage: Usage, { count, rate, parts }: Sum): bigint | undefined {
  let left = usage[count]
  if (left === undefined) return undefined
  let cost = 0n
  for (const part of parts) {
    // Parts cannot exceed their whole: what is left would be less than nothing.
    const counted = Math.min(usage[part.count] ?? 0, left)
    if (counted === 0) continue
    cost += part.rate * BigInt(counted)
    left -= counted
  }
  return cost + rate * BigInt(left)
}

/** One count and what each of it costs, in pico-dollars. */
export interface Term {
  readonly unit: Unit
  readonly count: CountName
  readonly rate: bigint
}

/** A count, and what of it has a rate of its own. */
export interface Sum extends Term {
  readonly parts: readonly Term[]
}

/** A unit that is charged besides tokens. */
export interface Extra extends Term {
  /** How many there are when nobody has counted. */
  readonly presumed: number | undefined
}

/** One row of a price, made ready to be multiplied with usage: only what it has. */
export interface PriceTerms {
  /** Charged in place of tokens, as far as they were counted. */
  readonly instead: readonly Term[]
  /** Tokens of the prompt and of the answer. */
  readonly sums: readonly Sum[]
  readonly extras: readonly Extra[]
  /** All of it, where it is no more than most prices of chat are: those are multiplied without a loop. */
  readonly usual?: UsualRates | undefined
}

interface UsualRates {
  readonly input: bigint
  readonly cachedInput: bigint | undefined
  readonly output: bigint
}

/** The terms of one row of a price. They are made once for each row. */
export function termsOf(row: Price): PriceTerms {
  if (last?.row === row) return last.terms
  let terms = made.get(row)
  if (terms === undefined) made.set(row, (terms = termsFrom(row)))
  last = { row, terms }
  return terms
}

const USUAL: ReadonlySet<string> = new Set(['input', 'cached_input', 'output'])

const made = new WeakMap<Price, PriceTerms>()

function termsFrom(row: Price): PriceTerms {
  const priced = unitEntries.flatMap((entry) => termFrom(row, entry))
  const { input, cachedInput, output } = row
  const isUsual = input !== undefined && output !== undefined && priced.every(({ unit }) => USUAL.has(unit))
  return {
    usual: isUsual ? { input, cachedInput, output } : undefined,
    instead: priced.filter(({ charged }) => charged === 'instead'),
    extras: priced.filter(({ charged }) => charged === 'besides'),
    sums: priced
      .filter(({ charged, partOf }) => charged === undefined && partOf === undefined)
      .map(({ unit, count, rate }) => ({ unit, count, rate, parts: priced.filter(({ partOf }) => partOf === unit) })),
  }
}

function termFrom(row: Price, { unit, count, rate, ratedAs, charged, partOf, presumed }: UnitEntry) {
  const each = row[rate] ?? (ratedAs === undefined ? undefined : row[units[ratedAs].rate])
  return each === undefined ? [] : [{ unit, count, rate: each, charged, partOf, presumed }]
}

/** The row asked for last: nearly always the one asked for next. */
let last: { readonly row: Price; readonly terms: PriceTerms } | undefined
