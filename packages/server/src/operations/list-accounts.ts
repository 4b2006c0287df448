import { z } from 'zod'
import { accountView, viewAccount } from './account-view.ts'
import { page } from './fields.ts'
import { operation } from './operation.ts'
import { accountToList, behind } from './own-account.ts'

/** Accounts, suspended ones too, oldest first. Who belongs to one sees that one. */
export const listAccounts = operation({
  right: 'accounts.read',
  input: z.strictObject(page),
  output: z.array(accountView),
  async run(parts, { after, limit }, actor) {
    const account = await accountToList(parts, actor, undefined)
    await behind(parts, actor, 'account', after)
    const found = await parts.store.registry.list('account', { account, after, limit })
    const now = parts.now()
    return found.map((kept) => viewAccount(kept, now))
  },
})
