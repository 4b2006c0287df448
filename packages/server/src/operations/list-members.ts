import { z } from 'zod'
import { id, page } from './fields.ts'
import { memberView, viewMember } from './member-view.ts'
import { operation } from './operation.ts'
import { accountToList, behind } from './own-account.ts'

/** Members, removed ones too, oldest first. */
export const listMembers = operation({
  right: 'members.read',
  input: z.strictObject({ account: id.optional(), ...page }),
  output: z.array(memberView),
  async run(parts, { account: asked, after, limit }, actor) {
    const account = await accountToList(parts, actor, asked)
    await behind(parts, actor, 'member', after)
    return (await parts.store.registry.list('member', { account, after, limit })).map(viewMember)
  },
})
