import { isDeepStrictEqual } from 'node:util'
import { SpekaError } from '@speka/core'
import { withConfiguredPlan } from '../billing/change-plan.ts'
import { monthOf, spanOfMonth } from '../billing/month.ts'
import { planAt, plansOverTime } from '../billing/plan-at.ts'
import type { Registry } from '../store/registry.ts'

/** How often a change is tried that others are in the way of: other processes make the same one at the same time. */
const MOST_TRIES = 5

/**
 * Puts accounts on the plans that the configuration says, so that they are shown as they are, and billed so when the configuration
 * says it no more.
 *
 * @param now in ms since the epoch
 * @returns accounts that there are not.
 */
export async function putOnPlans(
  registry: Registry,
  planOf: ReadonlyMap<string, string>,
  now: number,
): Promise<string[]> {
  const unknown: string[] = []
  for (const [account, plan] of planOf) if (!(await putOn(registry, account, plan, now))) unknown.push(account)
  return unknown
}

async function putOn(registry: Registry, account: string, plan: string, now: number): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    const before = await registry.get('account', account)
    if (before === undefined) return false
    const { record } = before
    const plans = withConfiguredPlan(record, plan, spanOfMonth(monthOf(now)).from)
    if (planAt(record, now) === plan && isDeepStrictEqual(plans, plansOverTime(record))) return true
    const by = { at: now, actor: 'operator:configuration', action: 'account.plan' }
    try {
      await registry.change([{ kind: 'account', before, after: { ...record, plan, plans } }], by)
      return true
    } catch (error) {
      if (!SpekaError.is(error) || error.code !== 'conflict' || tries === MOST_TRIES) throw error
    }
  }
}
