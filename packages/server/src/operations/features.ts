import { SpekaError } from '@speka/core'
import type { Actor } from '../actor.ts'
import { planAt } from '../billing/plan-at.ts'
import type { Plans } from '../limits/plan-limits.ts'
import type { AccountRecord } from '../store/records.ts'
import type { OperationParts } from './operation.ts'
import { findOwn } from './own-account.ts'

/** What plans may have beside usage. */
export const features = ['audit', 'sso'] as const

export type Feature = (typeof features)[number]

/**
 * Whether an account may use a feature: its plan has it, or it is on none, which leaves nothing out.
 *
 * @param now in ms since the epoch
 */
export function hasFeature(account: AccountRecord, feature: Feature, plans: Plans, now: number): boolean {
  const plan = planAt(account, now)
  return plan === 'none' || (plans.get(plan)?.features?.includes(feature) ?? false)
}

/**
 * Refuses somebody of an account a feature that its plan has not. The operator has all of them.
 *
 * @throws SpekaError `permission_denied` with the plans that have it
 */
export async function demandFeature(parts: OperationParts, actor: Actor, feature: Feature): Promise<void> {
  if (actor.kind === 'operator') return
  const { record } = await findOwn(parts, actor, 'account', actor.account)
  const { plans } = await parts.plans()
  const now = parts.now()
  if (hasFeature(record, feature, plans, now)) return
  const having = [...plans.values()].filter(({ features }) => features?.includes(feature) === true)
  const names = having.map(({ id }) => id).join(', ')
  throw new SpekaError(
    'permission_denied',
    `The plan ${planAt(record, now)} has no ${feature}. ${names === '' ? 'No plan has it.' : `These plans have it: ${names}.`}`,
  )
}
