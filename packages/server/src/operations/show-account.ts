import { z } from 'zod'
import { accountView, viewAccount } from './account-view.ts'
import { id } from './fields.ts'
import { operation } from './operation.ts'
import { findOwn } from './own-account.ts'

/** One account. @throws SpekaError `not_found` */
export const showAccount = operation({
  right: 'accounts.read',
  input: z.strictObject({ id }),
  output: accountView,
  run: async (parts, { id }, actor) => viewAccount(await findOwn(parts, actor, 'account', id), parts.now()),
})
