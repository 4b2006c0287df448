import type { Price } from '../catalog/model.ts'

/**
 * The price in force at a moment, in ms since the epoch: the latest that had begun by then. One without a date holds
 * from the beginning. Before the first begins the oldest holds, so that a slow clock does not make a model unpriced.
 */
export function priceAt(prices: readonly Price[], atMs: number): Price | undefined {
  let current: Price | undefined
  let currentFrom = -Infinity
  for (const price of prices) {
    const from = price.asOf === undefined ? -Infinity : Date.parse(price.asOf)
    if (from <= atMs && from >= currentFrom) {
      current = price
      currentFrom = from
    }
  }
  return current ?? prices[0]
}
