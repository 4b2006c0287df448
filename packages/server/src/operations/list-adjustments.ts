import { z } from 'zod'
import { adjustmentView, viewAdjustment } from './adjustment-view.ts'
import { id, page } from './fields.ts'
import { operation } from './operation.ts'
import { accountToList, behind } from './own-account.ts'

/** Adjustments, the oldest first. Who belongs to an account sees that one's. */
export const listAdjustments = operation({
  right: 'invoices.read',
  input: z.strictObject({ account: id.optional(), ...page }),
  output: z.array(adjustmentView),
  async run(parts, { account: asked, after, limit }, actor) {
    const account = await accountToList(parts, actor, asked)
    await behind(parts, actor, 'adjustment', after)
    const kept = await parts.store.registry.list('adjustment', { account, after, limit })
    return kept.map(({ record }) => viewAdjustment(record))
  },
})
