import type { Model, Price } from '../catalog/model.ts'
import { priceAt } from '../pricing/price-at.ts'
import type { Call } from '../operations/call.ts'
import { unitEntries } from '../units.ts'
import { dearestRow } from './dearest-row.ts'
import type { ExclusionReason } from './exclude-target.ts'

/** What a fallback is held against: the model that was asked for, and how many times its price is too much. */
export interface PriceCeiling {
  readonly model: Model
  readonly ratio: number
}

/**
 * Why a fallback costs too much beside the model that was asked for; `undefined`: it does not, or that has no price. Each part of
 * the two prices is compared, at the dearest that the call may meet.
 */
export function whyTooDear(model: Model, ceiling: PriceCeiling, call: Call): ExclusionReason | undefined {
  const first = inForce(ceiling.model, call)
  if (first === undefined || model === ceiling.model) return undefined
  const rule = 'max_price_ratio'
  const price = inForce(model, call)
  if (price === undefined) return { rule, reason: 'it has no price' }
  const times = BigInt(Math.round(ceiling.ratio * THOUSAND))
  for (const { rate, title } of unitEntries) {
    const [asked, base] = [price[rate], first[rate]]
    // What the first has no part for is within another of its parts, or is nothing that it does.
    if (asked === undefined || base === undefined || asked * BigInt(THOUSAND) <= base * times) continue
    const what = title.replace(/[.:,].*$/, '').toLowerCase()
    return {
      rule,
      reason: `its ${what} cost more than ${ceiling.ratio} times what those of "${ceiling.model.id}" do`,
    }
  }
  return undefined
}

const THOUSAND = 1000

function inForce({ prices }: Model, call: Call): Price | undefined {
  const price = priceAt(prices, call.receivedAt)
  return price && dearestRow(price, call)
}
