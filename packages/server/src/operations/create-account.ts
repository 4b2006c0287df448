import { z } from 'zod'
import { accountView, newAccount, viewAccount } from './account-view.ts'
import { add } from './change.ts'
import { email, name } from './fields.ts'
import { operation } from './operation.ts'
import { findPlan, plan } from './plans.ts'

/** Makes an account. */
export const createAccount = operation({
  right: 'accounts.write',
  input: z.strictObject({
    name,
    /** Default: `none`, which limits nothing. */
    plan: plan.default('none'),
    /** Where the account's post goes. */
    email: email.optional(),
  }),
  output: accountView,
  async run(parts, wanted, actor) {
    await findPlan(parts, wanted.plan)
    const now = parts.now()
    return viewAccount(await add(parts, actor, 'account.create', 'account', newAccount(wanted, now)), now)
  },
})
