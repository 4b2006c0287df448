import type { PicoUsd } from '@speka/core'
import { picoUsd } from '@speka/core'
import { costOf, type Plan } from '@speka/core/internal'
import type { ModelPrice } from '../model-facts.ts'

/** What a month with a plan comes to. */
export interface MonthOnPlan {
  readonly plan: Plan
  /** `undefined`: the plan stops before all of it is used. */
  readonly total: PicoUsd | undefined
}

/**
 * What tokens of a month cost at a model's usual price; `undefined` where it has no price for tokens. Rows with conditions stay
 * out: how long each prompt is, a month does not say.
 */
export function usageCost(price: ModelPrice, inputTokens: number, outputTokens: number): PicoUsd | undefined {
  const { rows: _rows, when: _when, ...usual } = price
  return usual.input === undefined ? undefined : costOf({ inputTokens, outputTokens }, usual)
}

/** The fee of each plan, and what of the usage is beyond its allowance. */
export const monthOnPlans = (usage: PicoUsd, plans: readonly Plan[]): MonthOnPlan[] =>
  plans.map((plan) => {
    const beyond = usage > plan.includedUsage ? usage - plan.includedUsage : 0n
    const isStopped = beyond > 0n && plan.overage === 'stop'
    return { plan, total: isStopped ? undefined : picoUsd(plan.monthlyPrice + beyond) }
  })

/** The one that costs least, of those that carry all of it; of two the first. */
export function cheapest(months: readonly MonthOnPlan[]): MonthOnPlan | undefined {
  let best: MonthOnPlan | undefined
  for (const month of months) {
    if (month.total !== undefined && (best?.total === undefined || month.total < best.total)) best = month
  }
  return best
}
