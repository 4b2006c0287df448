import type { PicoUsd } from '../money.ts'
import type { Call } from '../operations/call.ts'
import type { RoutePlan } from '../route/plan-route.ts'
import { HoldSize } from './hold-size.ts'

/**
 * Whether a call could be made with so much left of a budget, by what would have to be set aside for it. Nothing is.
 *
 * @param maxAttempts how often it may be tried.
 * @returns `undefined` where somebody of the plan has no price.
 */
export function wouldFit(call: Call, plan: RoutePlan, maxAttempts: number, left: PicoUsd): boolean | undefined {
  const size = HoldSize.of(call, plan, maxAttempts)
  if (size === undefined) return undefined
  return size.first(left).amount <= left || size.within(left) !== undefined
}
