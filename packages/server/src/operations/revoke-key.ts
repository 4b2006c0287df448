import { z } from 'zod'
import { expectRevision, replace } from './change.ts'
import { id, revision } from './fields.ts'
import { keyView, viewKey } from './key-view.ts'
import { operation } from './operation.ts'
import { findOwn } from './own-account.ts'

/**
 * Stops a virtual key for good: running servers refuse it within a second. A second call changes nothing.
 *
 * @throws SpekaError `key_not_found`, `conflict`
 */
export const revokeKey = operation({
  right: 'keys.write',
  input: z.strictObject({ id, revision }),
  output: keyView,
  async run(parts, { id, revision }, actor) {
    const known = await findOwn(parts, actor, 'key', id)
    if (known.record.revokedAt !== undefined) return viewKey(parts, known)
    expectRevision(known, revision)
    const revoked = { ...known.record, revokedAt: parts.now() }
    return viewKey(parts, await replace(parts, actor, 'key.revoke', known, revoked))
  },
})
