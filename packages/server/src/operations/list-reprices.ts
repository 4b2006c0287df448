import { z } from 'zod'
import { page } from './fields.ts'
import { operation } from './operation.ts'
import { behind } from './own-account.ts'
import { repriceView, viewReprice } from './reprice-view.ts'

/** Reprices that were applied, the oldest first. */
export const listReprices = operation({
  right: 'invoices.write',
  input: z.strictObject(page),
  output: z.array(repriceView),
  async run(parts, { after, limit }, actor) {
    await behind(parts, actor, 'reprice', after)
    const kept = await parts.store.registry.list('reprice', { after, limit })
    return kept.map(({ record }) => viewReprice(record))
  },
})
