import { z } from 'zod'
import { expectRevision, replace } from './change.ts'
import { id, revision } from './fields.ts'
import { operation } from './operation.ts'
import { findOwn } from './own-account.ts'
import { demandRightsOf } from './rights.ts'
import { tokenView, viewToken } from './token-view.ts'

/**
 * Stops a token for good. A second call changes nothing.
 *
 * @throws SpekaError `not_found`; `permission_denied` when its role is above one's own; `conflict`
 */
export const revokeToken = operation({
  right: 'tokens.write',
  input: z.strictObject({ id, revision }),
  output: tokenView,
  async run(parts, { id, revision }, actor) {
    const before = await findOwn(parts, actor, 'token', id)
    demandRightsOf(actor, before.record.role)
    const at = parts.now()
    if (before.record.revokedAt !== undefined) return viewToken(before, at)
    expectRevision(before, revision)
    return viewToken(await replace(parts, actor, 'token.revoke', before, { ...before.record, revokedAt: at }), at)
  },
})
