import type { Price } from '../catalog/model.ts'
import { picoUsd, type PicoUsd, type UnitPrice } from '../money.ts'
import type { Usage } from '../usage.ts'

/**
 * The exact cost of `usage` in pico-dollars; `undefined` when a priced quantity is unknown, or when nothing in the price
 * applies to what was used. Images are priced by the image, or by their tokens where the price has no rate for images.
 */
export function costOf(usage: Usage, price: Price): PicoUsd | undefined {
  const parts =
    usage.images === undefined || price.image === undefined
      ? [inputCost(usage, price), times(usage.outputTokens, price.output)]
      : [times(usage.images, price.image)]
  let total: bigint | undefined
  for (const part of parts) {
    if (part === 'unknown') return undefined
    if (part !== 'not_applicable') total = (total ?? 0n) + part
  }
  return total === undefined ? undefined : picoUsd(total)
}

type Part = bigint | 'unknown' | 'not_applicable'

function inputCost(usage: Usage, price: Price): Part {
  const { cachedInputTokens, inputTokens } = usage
  if (price.cachedInput === undefined || cachedInputTokens === undefined || inputTokens === undefined) {
    return times(inputTokens, price.input)
  }
  // A part cannot exceed its whole: what is left would be less than nothing.
  const cached = Math.min(cachedInputTokens, inputTokens)
  return add(times(inputTokens - cached, price.input), times(cached, price.cachedInput))
}

function times(quantity: number | undefined, price: UnitPrice | undefined): Part {
  if (price === undefined) return 'not_applicable'
  return quantity === undefined ? 'unknown' : price * BigInt(quantity)
}

const add = (a: Part, b: Part): Part => (typeof a === 'bigint' && typeof b === 'bigint' ? a + b : a)
