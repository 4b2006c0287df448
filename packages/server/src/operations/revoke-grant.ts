import { z } from 'zod'
import { expectRevision, replace } from './change.ts'
import { id, revision } from './fields.ts'
import { grantView, viewGrant } from './grant-view.ts'
import { operation } from './operation.ts'
import { findOwn } from './own-account.ts'

/**
 * Takes back what is left of prepaid credit: within a second nothing more is spent of it. What was spent stays spent. A second call
 * changes nothing.
 *
 * @throws SpekaError `not_found`, `conflict`
 */
export const revokeGrant = operation({
  right: 'invoices.write',
  input: z.strictObject({ id, revision }),
  output: grantView,
  async run(parts, { id, revision }, actor) {
    const before = await findOwn(parts, actor, 'grant', id)
    if (before.record.revokedAt !== undefined) return viewGrant(parts, before)
    expectRevision(before, revision)
    const after = { ...before.record, revokedAt: parts.now() }
    return viewGrant(parts, await replace(parts, actor, 'grant.revoke', before, after))
  },
})
