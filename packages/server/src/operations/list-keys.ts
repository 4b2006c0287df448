import { z } from 'zod'
import { id, page, severalOf } from './fields.ts'
import { keyParts, listedKeyView, rightOfPart, withParts } from './key-parts.ts'
import { viewKeys } from './key-view.ts'
import { operation } from './operation.ts'
import { accountToList, behind } from './own-account.ts'
import { demandRight } from './rights.ts'

/** Virtual keys, revoked ones too, oldest first. */
export const listKeys = operation({
  right: 'keys.read',
  input: z.strictObject({
    account: id.optional(),
    /** What to show with each key that is kept elsewhere: `limits`, how full its limits are; `team`, what its team is called. */
    include: severalOf(keyParts).optional(),
    ...page,
  }),
  output: z.array(listedKeyView),
  async run(parts, { account: asked, include = [], after, limit }, actor) {
    for (const part of include) demandRight(actor, rightOfPart[part])
    const account = await accountToList(parts, actor, asked)
    await behind(parts, actor, 'key', after)
    const keys = await viewKeys(parts, await parts.store.registry.list('key', { account, after, limit }))
    return withParts(parts, keys, new Set(include))
  },
})
