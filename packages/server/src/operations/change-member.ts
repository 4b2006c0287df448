import { SpekaError } from '@speka/core'
import { z } from 'zod'
import { accountRoles, type Actor } from '../actor.ts'
import type { Kept } from '../store/registry.ts'
import { changeBy, expectRevision, replace } from './change.ts'
import { id, oneOf, revision } from './fields.ts'
import { memberView, viewMember } from './member-view.ts'
import { operation, type OperationParts } from './operation.ts'
import { findOwn } from './own-account.ts'
import { withoutPasskeys } from './passkeys-of.ts'
import { demandRightsOf } from './rights.ts'

/**
 * Gives a member another role.
 *
 * @throws SpekaError `not_found`; `permission_denied` when the old or the new role is above one's own; `invalid_value` when
 *   he has left, or is the last owner; `conflict`
 */
export const changeRole = operation({
  right: 'members.write',
  input: z.strictObject({ id, role: oneOf(accountRoles), revision }),
  output: memberView,
  async run(parts, { id, role, revision }, actor) {
    const before = await findMember(parts, actor, id)
    demandRightsOf(actor, role)
    if (before.record.status === 'removed')
      throw new SpekaError('invalid_value', `${id} has left the account. Invite him again: speka members invite`)
    expectRevision(before, revision)
    if (before.record.role === role) return viewMember(before)
    await keepAnOwner(parts, before)
    return viewMember(await replace(parts, actor, 'member.role', before, { ...before.record, role }))
  },
})

/**
 * Removes a member from his account: within a second none of his keys works, and none of his passkeys ever again. A second call changes nothing.
 *
 * @throws SpekaError `not_found`; `permission_denied` when his role is above one's own; `invalid_value` for the last owner;
 *   `conflict`
 */
export const removeMember = operation({
  right: 'members.write',
  input: z.strictObject({ id, revision }),
  output: memberView,
  async run(parts, { id, revision }, actor) {
    const before = await findMember(parts, actor, id)
    if (before.record.status === 'removed') return viewMember(before)
    expectRevision(before, revision)
    await keepAnOwner(parts, before)
    const at = parts.now()
    const after = { ...before.record, status: 'removed' } as const
    const [removed] = await parts.store.registry.change(
      [{ kind: 'member', before, after }, ...(await withoutPasskeys(parts.store.registry, before.record, at))],
      changeBy(actor, 'member.remove', at),
    )
    return viewMember(removed)
  },
})

/**
 * An account that has an owner keeps one: nobody else could make another.
 *
 * @throws SpekaError `invalid_value` for the last one
 */
async function keepAnOwner({ store }: OperationParts, { record }: Kept<'member'>): Promise<void> {
  if (record.role !== 'owner') return
  const members = await store.registry.list('member', { account: record.account })
  const isAnother = ({ record: other }: Kept<'member'>): boolean =>
    other.id !== record.id && other.role === 'owner' && other.status !== 'removed'
  if (members.some(isAnother)) return
  throw new SpekaError(
    'invalid_value',
    `${record.id} is the last owner of ${record.account}. Make another member its owner first.`,
  )
}

/** A member whose role the actor may give and take. */
async function findMember(parts: OperationParts, actor: Actor, id: string): Promise<Kept<'member'>> {
  const member = await findOwn(parts, actor, 'member', id)
  demandRightsOf(actor, member.record.role)
  return member
}
