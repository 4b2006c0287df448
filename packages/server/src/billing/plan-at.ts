import type { AccountRecord } from '../store/records.ts'

/** A plan from a moment on, in ms since the epoch, until the next. */
export interface PlanTerm {
  readonly plan: string
  readonly from: number
}

/** What of an account says which plans it was, is and will be on. */
export type Subscribed = Pick<AccountRecord, 'plan' | 'plans' | 'createdAt'>

/** Every plan of an account, the oldest first: there is one at least, and what its first one is it was from the beginning. */
export function plansOverTime({ plan, plans = [], createdAt }: Subscribed): readonly [PlanTerm, ...PlanTerm[]] {
  const [first, ...more] = plans
  return first === undefined ? [{ plan, from: createdAt }] : [first, ...more]
}

/**
 * The name of the plan that an account is on at a moment. It turns by itself: nothing has to run for it.
 *
 * @param at in ms since the epoch
 */
export function planAt(account: Subscribed, at: number): string {
  const [first, ...more] = plansOverTime(account)
  return (more.findLast(({ from }) => from <= at) ?? first).plan
}

/** The plan that an account will be on next, and from when; `undefined`: it stays on the one it is on. */
export function planAhead(account: Subscribed, at: number): PlanTerm | undefined {
  const [, ...more] = plansOverTime(account)
  return more.find(({ from }) => from > at)
}
