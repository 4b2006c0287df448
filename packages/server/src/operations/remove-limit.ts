import { z } from 'zod'
import { expectRevision, replace } from './change.ts'
import { id, revision } from './fields.ts'
import { limitView, viewLimit } from './limit-view.ts'
import { operation } from './operation.ts'
import { findOwn } from './own-account.ts'
import { demandOwn } from './set-limit.ts'

/**
 * Removes a limit: within a second nothing is refused by it. It stays in the list, and says so. A second call changes nothing.
 *
 * @throws SpekaError `not_found`; `permission_denied` when the operator has set it; `conflict`
 */
export const removeLimit = operation({
  right: 'limits.write',
  input: z.strictObject({ id, revision }),
  output: limitView,
  async run(parts, { id, revision }, actor) {
    const before = await findOwn(parts, actor, 'limit', id)
    if (before.record.removedAt !== undefined) return viewLimit(parts, before)
    demandOwn(actor, before.record)
    expectRevision(before, revision)
    const after = { ...before.record, removedAt: parts.now() }
    return viewLimit(parts, await replace(parts, actor, 'limit.remove', before, after))
  },
})
