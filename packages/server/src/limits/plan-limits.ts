import { parseUsd } from '@speka/core'
import type { Limit, LimitRule, Plan } from '@speka/core/internal'

/** Plans by name. */
export type Plans = ReadonlyMap<string, Plan>

/** An account on a plan. */
export interface Subscriber {
  readonly account: string
  readonly plan: string
  /** Since when it counts what is spent, and of which revision its amounts are; as {@link Limit} has them. */
  readonly since: number
  readonly revision: number
  /** When it came to this plan, in ms since the epoch. Default: it has always been on it. */
  readonly begins?: number | undefined
}

/**
 * What a plan limits for one account: requests a minute over all of its keys, and, where usage stops at the allowance, money
 * in each month. A plan that nobody knows lets nothing through: an account never falls to no limits.
 */
export function limitsOfPlan({ account, plan, since, revision, begins }: Subscriber, plans: Plans): Limit[] {
  const limit = (kind: string, rule: LimitRule, own = ''): Limit => ({
    id: `lim_plan_${kind}_${account}${own}`,
    subject: { kind: 'account', account },
    rule,
    onReached: 'stop',
    since,
    revision,
  })
  const there = plans.get(plan)
  if (there === undefined) return [limit('unknown', { kind: 'usd', amount: parseUsd('0'), window: 'lifetime' })]
  const { requestsPerMinute: amount, overage, includedUsage } = there
  const rates = amount === undefined ? [] : [limit('rpm', { kind: 'rpm', amount })]
  if (overage !== 'stop') return rates
  // Of its own each time that an account comes to such a plan: what it used meanwhile, on another, is counted anew with the rest.
  const own = begins === undefined ? '' : `_${begins}`
  return [...rates, limit('usd', { kind: 'usd', amount: includedUsage, window: 'month' }, own)]
}
