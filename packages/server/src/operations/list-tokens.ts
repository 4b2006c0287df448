import { z } from 'zod'
import { id, page } from './fields.ts'
import { operation } from './operation.ts'
import { accountToList, behind } from './own-account.ts'
import { tokenView, viewToken } from './token-view.ts'

/** Tokens of the management API, revoked ones too, oldest first. */
export const listTokens = operation({
  right: 'tokens.read',
  input: z.strictObject({ account: id.optional(), ...page }),
  output: z.array(tokenView),
  async run(parts, { account: asked, after, limit }, actor) {
    const account = await accountToList(parts, actor, asked)
    await behind(parts, actor, 'token', after)
    const at = parts.now()
    return (await parts.store.registry.list('token', { account, after, limit })).map((token) => viewToken(token, at))
  },
})
