import { z } from 'zod'
import type { Actor } from '../actor.ts'
import type { AccountRecord } from '../store/records.ts'
import { accountView, viewAccount, type AccountView } from './account-view.ts'
import { expectRevision, replace } from './change.ts'
import { id, revision } from './fields.ts'
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
  run: (parts, input, actor) => change(parts, actor, 'account.suspend', input, { status: 'suspended' }),
})

/** Lets the keys of a suspended account work again. @throws SpekaError `not_found`, `conflict` */
export const resumeAccount = operation({
  right: 'accounts.write',
  input: z.strictObject({ id, revision }),
  output: accountView,
  run: (parts, input, actor) => change(parts, actor, 'account.resume', input, { status: 'active' }),
})

/**
 * Puts an account on another plan, in force everywhere within a second.
 *
 * @throws SpekaError `not_found`, `conflict`; `invalid_value` for a plan that there is not, or that has fewer keys than the
 *   account, and where the configuration says the plan
 */
export const changePlan = operation({
  right: 'accounts.write',
  input: z.strictObject({ id, plan, revision }),
  output: accountView,
  async run(parts, { plan, ...input }, actor) {
    const { record } = await findOwn(parts, actor, 'account', input.id)
    const found = await findPlan(parts, plan)
    if (plan !== record.plan) {
      await refuseConfigured(parts, record.id)
      await refuseTooMany(parts, record, found)
    }
    return change(parts, actor, 'account.plan', input, { plan })
  },
})

/** Changes an account; where nothing would be changed, nothing is, and the audit has no entry of it. */
async function change(
  parts: OperationParts,
  actor: Actor,
  action: string,
  { id, revision }: { readonly id: string; readonly revision?: number | undefined },
  wanted: Partial<Pick<AccountRecord, 'status' | 'plan'>>,
): Promise<AccountView> {
  const before = await findOwn(parts, actor, 'account', id)
  expectRevision(before, revision)
  const after = { ...before.record, ...wanted }
  if (after.status === before.record.status && after.plan === before.record.plan) return viewAccount(before)
  return viewAccount(await replace(parts, actor, action, before, after))
}
