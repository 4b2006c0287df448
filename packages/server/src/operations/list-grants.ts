import { z } from 'zod'
import { id, page } from './fields.ts'
import { grantView, viewGrants } from './grant-view.ts'
import { operation } from './operation.ts'
import { accountToList, behind } from './own-account.ts'

/** Grants of prepaid credit, those that have ended too, oldest first. */
export const listGrants = operation({
  right: 'invoices.read',
  input: z.strictObject({ account: id.optional(), ...page }),
  output: z.array(grantView),
  async run(parts, { account: asked, after, limit }, actor) {
    const account = await accountToList(parts, actor, asked)
    await behind(parts, actor, 'grant', after)
    return viewGrants(parts, await parts.store.registry.list('grant', { account, after, limit }))
  },
})
