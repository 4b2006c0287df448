import { SpekaError } from '@speka/core'
import { accountRoles, type AccountRole, type Actor } from '../actor.ts'
import type { Access } from '../http/router.ts'

/** What only somebody may call who has shown who he is. */
export type CallerAccess = Exclude<Access, 'public' | 'key'>

/** Which roles may do at least what a role may. */
const atLeast: Readonly<Record<AccountRole, readonly AccountRole[]>> = {
  owner: ['owner'],
  admin: ['owner', 'admin'],
  billing: ['owner', 'admin', 'billing'],
  member: ['owner', 'admin', 'member'],
  viewer: accountRoles,
}

/**
 * Whether somebody may call a route: the one place where that is decided. What he may do there, and to what, the operation
 * says itself.
 *
 * @throws SpekaError `permission_denied`
 */
export function demandAccess(actor: Actor, access: CallerAccess): void {
  if (actor.kind === 'operator') return
  if (access === 'operator') throw new SpekaError('permission_denied', 'This is the operator’s alone.')
  const role = accountRoles.find((one) => access === `account:${one}`)
  if (role !== undefined && atLeast[role].includes(actor.role)) return
  throw new SpekaError('permission_denied', `This is for members in the role ${role ?? 'owner'} or above.`)
}
