import { SpekaError } from '@speka/core'
import type { KeyRecord } from '../store/records.ts'
import { label, id, tags } from './fields.ts'
import type { Actor } from '../actor.ts'
import type { OperationParts } from './operation.ts'
import { findOwn } from './own-account.ts'

/** The labels a key may be given. */
export const keyLabels = { team: id, member: id, environment: label, tags } as const

/**
 * Refuses a team or a member that is not of the key's account, or is no longer.
 *
 * @throws SpekaError `not_found`, `invalid_value`
 */
export async function checkLabels(
  parts: OperationParts,
  actor: Actor,
  { account, team, member }: Pick<KeyRecord, 'account' | 'team' | 'member'>,
): Promise<void> {
  if (team !== undefined) {
    const { record } = await findOwn(parts, actor, 'team', team)
    if (record.account !== account) throw elsewhere('team', team, account)
  }
  if (member !== undefined) {
    const { record } = await findOwn(parts, actor, 'member', member)
    if (record.account !== account) throw elsewhere('member', member, account)
    if (record.status === 'removed')
      throw new SpekaError('invalid_value', `member: ${member} has left the account.`, { param: 'member' })
  }
}

const elsewhere = (param: 'team' | 'member', id: string, account: string): SpekaError =>
  new SpekaError('invalid_value', `${param}: ${id} is not of the key's account, ${account}.`, { param })
