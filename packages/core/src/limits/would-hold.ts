import type { PicoUsd } from '../money.ts'
import type { Call } from '../operations/call.ts'
import type { RoutePlan } from '../route/plan-route.ts'
import { HoldSize } from './hold-size.ts'
import { pricedPart } from './plan-cost.ts'

/** What would be set aside in a budget; or why nothing would: too little is left, or the model asked for has no price. */
export type WouldHold =
  | { readonly kind: 'held' | 'exhausted'; readonly amount: PicoUsd }
  | { readonly kind: 'unpriced' }

/**
 * What would be set aside for a call where so much is left of a budget, as the money layer has it. Nothing is.
 *
 * @returns of an `exhausted` one the least that the call can be made for.
 */
export function wouldHold(call: Call, plan: RoutePlan, maxAttempts: number, left: PicoUsd): WouldHold {
  const priced = HoldSize.of(call, plan, maxAttempts) === undefined ? pricedPart(plan, call) : plan
  const size = priced && HoldSize.of(call, priced, maxAttempts)
  if (size === undefined) return { kind: 'unpriced' }
  const first = size.first(left)
  if (first.amount <= left) return { kind: 'held', amount: first.amount }
  const next = size.within(left)
  return next === undefined ? { kind: 'exhausted', amount: size.least } : { kind: 'held', amount: next.amount }
}
