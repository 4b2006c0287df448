import { z } from 'zod'
import type { Kept } from '../store/registry.ts'
import { id, page } from './fields.ts'
import { operation, type OperationParts } from './operation.ts'
import { accountToList, behind } from './own-account.ts'
import { passkeyView, viewPasskey } from './passkey-view.ts'
import { demandRight } from './rights.ts'

/**
 * Passkeys, removed ones too, oldest first: of a member his own, unless he names the account.
 *
 * @throws SpekaError `permission_denied` for an account's to who may not change its members; `not_found`
 */
export const listPasskeys = operation({
  right: 'passkeys.own',
  input: z.strictObject({
    /** Those of everybody in it. Default: one's own, of whoever is a member in person. */
    account: id.optional(),
    ...page,
  }),
  output: z.array(passkeyView),
  async run(parts, { account: asked, after, limit }, actor) {
    await behind(parts, actor, 'passkey', after)
    if (asked === undefined && actor.kind === 'account' && actor.member !== undefined)
      return part(await ownOf(parts, { id: actor.member, account: actor.account }), after, limit).map(viewPasskey)
    const account = await accountToList(parts, actor, asked)
    demandRight(actor, 'members.write')
    return (await parts.store.registry.list('passkey', { account, after, limit })).map(viewPasskey)
  },
})

/** One member's, of which there are few. */
async function ownOf(
  { store }: OperationParts,
  { id, account }: { readonly id: string; readonly account: string },
): Promise<Kept<'passkey'>[]> {
  return (await store.registry.list('passkey', { account })).filter(({ record }) => record.member === id)
}

function part(own: readonly Kept<'passkey'>[], after: string | undefined, limit: number | undefined) {
  const from = after === undefined ? 0 : own.findIndex(({ record }) => record.id === after) + 1
  return own.slice(from, limit === undefined ? undefined : from + limit)
}
