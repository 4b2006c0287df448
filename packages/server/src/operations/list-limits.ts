import { z } from 'zod'
import { id, page } from './fields.ts'
import { limitView, viewLimit, viewLimits } from './limit-view.ts'
import { operation } from './operation.ts'
import { accountToList, behind, findOwn } from './own-account.ts'

/** Limits, removed ones too, oldest first. */
export const listLimits = operation({
  right: 'limits.read',
  input: z.strictObject({ account: id.optional(), ...page }),
  output: z.array(limitView),
  async run(parts, { account: asked, after, limit }, actor) {
    const account = await accountToList(parts, actor, asked)
    await behind(parts, actor, 'limit', after)
    return viewLimits(parts, await parts.store.registry.list('limit', { account, after, limit }))
  },
})

/** One limit. @throws SpekaError `not_found` */
export const showLimit = operation({
  right: 'limits.read',
  input: z.strictObject({ id }),
  output: limitView,
  run: async (parts, { id }, actor) => viewLimit(parts, await findOwn(parts, actor, 'limit', id)),
})
