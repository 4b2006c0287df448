import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Actor } from '../actor.ts'
import type { AccountRecord } from '../store/records.ts'
import { planTurns, usualTurn, withPlan } from '../billing/change-plan.ts'
import { endOfMonthAt } from '../billing/month.ts'
import { planAt, plansOverTime } from '../billing/plan-at.ts'
import { accountView, viewAccount, type AccountView } from './account-view.ts'
import { expectRevision, replace } from './change.ts'
import { id, oneOf, revision } from './fields.ts'
import { operation, type OperationParts } from './operation.ts'
import { findOwn } from './own-account.ts'
import { findPlan, plan, refuseConfigured, refuseTooMany } from './plans.ts'

/**
 * Suspends an account: within a second none of its keys works, and what is under way with them ends. What it has stays.
 *
 * @throws SpekaError `not_found`, `conflict`
 */
export const suspendAccount = operation({
  right: 'accounts.write',
  input: z.strictObject({ id, revision }),
  output: accountView,
  run: (parts, input, actor) => changeStatus(parts, actor, 'account.suspend', input, 'suspended'),
})

/** Lets the keys of a suspended account work again. @throws SpekaError `not_found`, `conflict` */
export const resumeAccount = operation({
  right: 'accounts.write',
  input: z.strictObject({ id, revision }),
  output: accountView,
  run: (parts, input, actor) => changeStatus(parts, actor, 'account.resume', input, 'active'),
})

/**
 * Puts an account on another plan. A larger one is in force at once, everywhere within a second; a smaller one, and none at all,
 * with the next month, in UTC. What was to come until now is taken away: to put an account on the plan that it is on does that alone.
 *
 * @throws SpekaError `not_found`, `conflict`; `invalid_value` for a plan that there is not, or that has fewer keys than the
 *   account, and where the configuration says the plan
 */
export const changePlan = operation({
  right: 'accounts.write',
  input: z.strictObject({
    id,
    plan,
    /** Default: a larger plan now, a smaller one at the end of the month. */
    when: oneOf(planTurns).optional(),
    revision,
  }),
  output: accountView,
  async run(parts, { plan, when, ...input }, actor) {
    const before = await findOwn(parts, actor, 'account', input.id)
    expectRevision(before, input.revision)
    const { record } = before
    const now = parts.now()
    const current = planAt(record, now)
    const found = await findPlan(parts, plan)
    const turn = when ?? usualTurn((await parts.plans()).plans.get(current), found)
    if (plan !== current) {
      await refuseConfigured(parts, record.id)
      await refuseTooMany(parts, record, found, turn === 'now' ? now : endOfMonthAt(now))
    }
    const plans = withPlan(record, plan, now, turn)
    if (isDeepStrictEqual(plans, plansOverTime(record))) return viewAccount(before, now)
    const after = { ...record, plan: planAt({ ...record, plans }, now), plans }
    return viewAccount(await replace(parts, actor, 'account.plan', before, after), now)
  },
})

/** Where nothing would be changed, nothing is, and the audit has no entry of it. */
async function changeStatus(
  parts: OperationParts,
  actor: Actor,
  action: string,
  { id, revision }: { readonly id: string; readonly revision?: number | undefined },
  status: AccountRecord['status'],
): Promise<AccountView> {
  const before = await findOwn(parts, actor, 'account', id)
  expectRevision(before, revision)
  const now = parts.now()
  const after = { ...before.record, status, ...(status === 'suspended' && asSuspended(before.record)) }
  if (isDeepStrictEqual(after, before.record)) return viewAccount(before, now)
  return viewAccount(await replace(parts, actor, action, before, after), now)
}

/** What an operator suspends is his to resume, whatever it was suspended for before: paying does not undo it. */
function asSuspended({ unpaid }: AccountRecord): Pick<AccountRecord, 'unpaid'> {
  return unpaid === undefined ? {} : { unpaid: { ...unpaid, hasSuspended: false } }
}
