import { SpekaError } from '@speka/core'
import { z } from 'zod'
import { accountRoles } from '../actor.ts'
import { mintToken } from '../keys/admin-tokens.ts'
import type { TokenRecord } from '../store/records.ts'
import { add } from './change.ts'
import { refusePast } from './create-key.ts'
import { id, moment, name, oneOf } from './fields.ts'
import { operation } from './operation.ts'
import { accountOf } from './own-account.ts'
import { demandRightsOf } from './rights.ts'
import { tokenView, viewToken } from './token-view.ts'

/**
 * Makes a token of the management API. The token itself is in what is returned here, and nowhere else.
 *
 * @throws SpekaError `not_found`; `permission_denied` for a role above one's own
 */
export const createToken = operation({
  right: 'tokens.write',
  input: z.strictObject({
    name,
    /** What it may do: what a member of the role may, in the account; `operator`: everything, in all of them. */
    role: oneOf([...accountRoles, 'operator']),
    /** Default: one's own; of `operator` none. */
    account: id.optional(),
    /** Default: never. */
    expires_at: moment.optional(),
  }),
  output: tokenView.extend({ token: z.string() }),
  async run(parts, { name, role, account: asked, expires_at: expiresAt }, actor) {
    const at = parts.now()
    refusePast('expires_at', expiresAt, at)
    demandRightsOf(actor, role)
    if (role === 'operator' && asked !== undefined)
      throw new SpekaError('invalid_value', 'account: a token of the operator belongs to no account.', {
        param: 'account',
      })
    const account = role === 'operator' ? '' : (await accountOf(parts, actor, asked)).record.id
    const { token, id, digest } = mintToken(await parts.pepper())
    const record: TokenRecord = { id, account, name, role, digest, createdAt: at, expiresAt }
    return { token, ...viewToken(await add(parts, actor, 'token.create', 'token', record), at) }
  },
})
