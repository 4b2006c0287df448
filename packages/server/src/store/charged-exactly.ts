import type { Price, Usage } from '@speka/core'
import { chargedUnits, type ChargedUnit } from '@speka/core/internal/pricing'

/**
 * The units of a charge that is exactly what they cost; `undefined` when it is anything else: held to the most that the call can
 * cost, zero because nothing usable was delivered, or without a price.
 */
export function unitsOfCharge(usage: Usage, price: Price | undefined, charge: bigint): ChargedUnit[] | undefined {
  if (price === undefined) return undefined
  const units = chargedUnits(usage, price)
  let sum = 0n
  for (const { quantity, rate } of units ?? []) sum += BigInt(quantity) * rate
  return sum === charge ? units : undefined
}
