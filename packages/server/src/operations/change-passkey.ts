import { SpekaError } from '@speka/core'
import { z } from 'zod'
import type { Actor } from '../actor.ts'
import type { Kept } from '../store/registry.ts'
import { expectRevision, replace } from './change.ts'
import { id, name, revision } from './fields.ts'
import { operation, type OperationParts } from './operation.ts'
import { findOwn } from './own-account.ts'
import { removal } from './passkeys-of.ts'
import { passkeyView, viewPasskey } from './passkey-view.ts'
import { demandRight } from './rights.ts'

/**
 * Gives a passkey another name: one's own, or of a member whom one may change.
 *
 * @throws SpekaError `not_found`; `permission_denied` for another member's; `invalid_value` when it was removed; `conflict`
 */
export const renamePasskey = operation({
  right: 'passkeys.own',
  input: z.strictObject({ id, name, revision }),
  output: passkeyView,
  async run(parts, { id, name, revision }, actor) {
    const before = await findPasskey(parts, actor, id)
    if (before.record.removedAt !== undefined)
      throw new SpekaError('invalid_value', `${id} was removed, and gets no other name.`)
    expectRevision(before, revision)
    if (before.record.name === name) return viewPasskey(before)
    return viewPasskey(await replace(parts, actor, 'passkey.rename', before, { ...before.record, name }))
  },
})

/**
 * Removes a passkey, one's own or of a member whom one may change: nobody signs in by it any more. A second call changes nothing.
 *
 * @throws SpekaError `not_found`; `permission_denied` for another member's; `conflict`
 */
export const removePasskey = operation({
  right: 'passkeys.own',
  input: z.strictObject({ id, revision }),
  output: passkeyView,
  async run(parts, { id, revision }, actor) {
    const before = await findPasskey(parts, actor, id)
    if (before.record.removedAt !== undefined) return viewPasskey(before)
    expectRevision(before, revision)
    return viewPasskey(await replace(parts, actor, 'passkey.remove', before, removal(before, parts.now()).after))
  },
})

/**
 * A passkey that is the actor's to change: his own, or of a member of his account where he may change those.
 *
 * @throws SpekaError `not_found`; `permission_denied` for another member's
 */
async function findPasskey(parts: OperationParts, actor: Actor, id: string): Promise<Kept<'passkey'>> {
  const kept = await findOwn(parts, actor, 'passkey', id)
  const isOwn = actor.kind === 'account' && actor.member === kept.record.member
  if (!isOwn) demandRight(actor, 'members.write')
  return kept
}
