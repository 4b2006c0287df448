import { SpekaError } from '@speka/core'
import { z } from 'zod'
import { accountRoles } from '../actor.ts'
import { mintId } from '../keys/key-format.ts'
import type { MemberRecord } from '../store/records.ts'
import { memberLookup } from '../store/registry.ts'
import { add, replace } from './change.ts'
import { email, id, oneOf } from './fields.ts'
import { memberView, viewMember } from './member-view.ts'
import { operation } from './operation.ts'
import { accountOf } from './own-account.ts'
import { demandRightsOf } from './rights.ts'

/**
 * Invites somebody into an account, also one who was removed. Keys may be his from now on. Nobody is written to.
 *
 * @throws SpekaError `not_found`; `permission_denied` for a role above one's own; `invalid_value` when he is in already
 */
export const inviteMember = operation({
  right: 'members.write',
  input: z.strictObject({
    email,
    role: oneOf(accountRoles),
    /** Default: one's own. */
    account: id.optional(),
  }),
  output: memberView,
  async run(parts, { email, role, account: asked }, actor) {
    demandRightsOf(actor, role)
    const account = (await accountOf(parts, actor, asked)).record.id
    const known = await parts.store.registry.findBy('member', memberLookup({ account, email }))
    if (known === undefined) {
      const member: MemberRecord = {
        id: mintId('mem'),
        account,
        email,
        role,
        status: 'invited',
        createdAt: parts.now(),
      }
      return viewMember(await add(parts, actor, 'member.invite', 'member', member))
    }
    if (known.record.status !== 'removed')
      throw new SpekaError('invalid_value', `email: ${email} is in the account already, as ${known.record.id}.`, {
        param: 'email',
      })
    const again: MemberRecord = { ...known.record, email, role, status: 'invited', directory: undefined }
    return viewMember(await replace(parts, actor, 'member.invite', known, again))
  },
})
