import { parseUsd, type PicoUsd } from '@speka/core'
import type { Limit, LimitRule, Plan } from '@speka/core/internal'
import type { MonthCap } from './cap-book.ts'

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

/** Who is refused by his plan is told how to go on. */
const REMEDY = 'go on with a larger plan or with credit: ask whoever runs this gateway'

/** What a plan lets its accounts use in a month before it stops them; `undefined`: it does not, or nobody knows it. */
export function stopsAt(plan: string, plans: Plans): PicoUsd | undefined {
  const there = plans.get(plan)
  return there?.overage === 'stop' ? there.includedUsage : undefined
}

/**
 * What a plan limits for one account: requests a minute over all of its keys, and, where usage stops at the allowance, money
 * in each month. A plan that nobody knows lets nothing through: an account never falls to no limits.
 *
 * @param cap what it may use up to in the month. Default: what the plan includes.
 * @param testKeys keys of the account that reach the sandbox alone and stand in no store. Default: none.
 */
export function limitsOfPlan(
  { account, plan, since, revision, begins }: Subscriber,
  plans: Plans,
  { cap, testKeys = [] }: { readonly cap?: MonthCap | undefined; readonly testKeys?: readonly string[] } = {},
): Limit[] {
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
  const { requestsPerMinute: amount } = there
  const allowance = stopsAt(plan, plans)
  const rates = amount === undefined ? [] : [limit('rpm', { kind: 'rpm', amount })]
  if (allowance === undefined) return rates
  // Of its own each time that an account comes to such a plan: what it used meanwhile, on another, is counted anew with the rest.
  const own = begins === undefined ? '' : `_${begins}`
  const money = limit('usd', { kind: 'usd', amount: cap?.amount ?? allowance, window: 'month' }, own)
  const uncertain = cap?.isKnown === false ? { mayBeMore: true as const } : {}
  return [
    ...rates,
    { ...money, revision: revision + (cap?.revision ?? 0), remedy: REMEDY, liveKeysOnly: { testKeys }, ...uncertain },
  ]
}
