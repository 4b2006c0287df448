import { z } from 'zod'
import { id, page } from './fields.ts'
import { keyView, viewKeys } from './key-view.ts'
import { operation } from './operation.ts'
import { accountToList, behind } from './own-account.ts'

/** Virtual keys, revoked ones too, oldest first. */
export const listKeys = operation({
  right: 'keys.read',
  input: z.strictObject({ account: id.optional(), ...page }),
  output: z.array(keyView),
  async run(parts, { account: asked, after, limit }, actor) {
    const account = await accountToList(parts, actor, asked)
    await behind(parts, actor, 'key', after)
    return viewKeys(parts, await parts.store.registry.list('key', { account, after, limit }))
  },
})
