import type { Plan } from '@speka/core/internal'
import { endOfMonthAt } from './month.ts'
import { planAt, plansOverTime, type PlanTerm, type Subscribed } from './plan-at.ts'

/** When a change of plan begins: at once, or with the next month in UTC. */
export const planTurns = ['now', 'month_end'] as const

export type PlanTurn = (typeof planTurns)[number]

/**
 * When a change begins unless somebody says otherwise. A larger plan is there at once: its fee is higher, or the same with no
 * smaller allowance. A smaller one comes with the next month, which has not been paid for yet.
 *
 * @param plan the one that the account is on; `undefined`: none
 */
export function usualTurn(plan: Plan | undefined, next: Plan | undefined): PlanTurn {
  if (plan === undefined) return 'now'
  if (next === undefined || next.monthlyPrice < plan.monthlyPrice) return 'month_end'
  return next.monthlyPrice > plan.monthlyPrice || next.includedUsage >= plan.includedUsage ? 'now' : 'month_end'
}

/**
 * The plans of an account once it is put on another one. What was ahead until now is taken away; to be put on the plan that it is
 * on does that alone.
 *
 * @param at when this is said, in ms since the epoch
 */
export function withPlan(account: Subscribed, plan: string, at: number, turn: PlanTurn): PlanTerm[] {
  const until = [...plansOverTime(account)].filter(({ from }, index) => index === 0 || from <= at)
  if (plan === planAt(account, at)) return until
  const from = turn === 'now' ? at : endOfMonthAt(at)
  // One that was never in force for any time is none, unless it is the first: what an account begins with was always there.
  const before = turn === 'now' ? until.filter((term, index) => index === 0 || term.from < from) : until
  const [first] = before
  if (before.length === 1 && first !== undefined && first.from >= from) return [{ plan, from: first.from }]
  return before.at(-1)?.plan === plan ? before : [...before, { plan, from }]
}

/**
 * The plans of an account that the configuration puts on one: it holds for the whole month in which that is said, and on.
 *
 * @param monthStart when that month began, in ms since the epoch
 */
export function withConfiguredPlan(account: Subscribed, plan: string, monthStart: number): PlanTerm[] {
  const before = plansOverTime(account).filter(({ from }) => from < monthStart)
  if (before.at(-1)?.plan === plan) return before
  return [...before, { plan, from: Math.max(monthStart, account.createdAt) }]
}
