import type { Price } from '../catalog/model.ts'
import { picoUsd, type UnitPrice } from '../money.ts'
import { units, type Unit } from '../units.ts'
import type { Usage } from '../usage.ts'
import { termsOf, type Sum, type Term } from './cost-of.ts'
import { rowFor } from './price-row.ts'

/** So many of one unit, each at the same rate. */
export interface ChargedUnit {
  readonly unit: Unit
  /** Of a sum, those that no part with a rate of its own has: of a prompt without the tokens that a cache had. */
  readonly quantity: number
  /** Of each, in pico-dollars. */
  readonly rate: UnitPrice
}

/**
 * What the cost of `usage` is made of: quantity × rate, added up, is what `costOf` says, to the pico-dollar. `undefined` where that
 * is. Units of which there were none are left out.
 */
export function chargedUnits(usage: Usage, price: Price): ChargedUnit[] | undefined {
  const { instead, sums, extras } = termsOf(price.rows === undefined ? price : rowFor(price, usage))
  const charged: ChargedUnit[] = []
  let isKnown = false
  for (const term of instead) {
    const counted = usage[term.count]
    if (counted === undefined) continue
    isKnown = true
    add(charged, term, counted)
  }
  if (!isKnown) {
    for (const sum of sums) {
      const counted = usage[sum.count]
      if (counted === undefined) return undefined
      isKnown = true
      addSum(charged, sum, counted, usage)
    }
  }
  for (const term of extras) {
    const counted = usage[term.count] ?? term.presumed
    if (counted === undefined) continue
    isKnown = true
    add(charged, term, counted)
  }
  return isKnown ? charged : undefined
}

function addSum(charged: ChargedUnit[], sum: Sum, counted: number, usage: Usage): void {
  let left = counted
  for (const part of sum.parts) {
    // Parts cannot exceed their whole, as in the cost.
    const ofPart = Math.min(usage[part.count] ?? 0, left)
    add(charged, part, ofPart)
    left -= ofPart
  }
  add(charged, sum, left)
}

function add(charged: ChargedUnit[], { unit, rate }: Term, quantity: number): void {
  if (quantity !== 0) charged.push({ unit, quantity, rate: picoUsd(rate) })
}

/** What one of a unit costs by a row of a price, in pico-dollars; `undefined` when the row has no rate of its own for it. */
export function rateOf(row: Price, unit: Unit): UnitPrice | undefined {
  const entry = units[unit]
  return row[entry.rate] ?? ('ratedAs' in entry ? row[units[entry.ratedAs].rate] : undefined)
}
