import type { Price } from '../catalog/model.ts'
import { picoUsd, type PicoUsd } from '../money.ts'
import type { Usage } from '../usage.ts'
import { rowFor } from './price-row.ts'
import { termsOf, type Sum } from './price-terms.ts'

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
