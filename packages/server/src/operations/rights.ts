import { SpekaError } from '@speka/core'
import type { AccountRole, Actor } from '../actor.ts'

/** What may be done. */
export type Right = 'keys.read' | 'keys.write' | 'usage.read'

const everything: readonly Right[] = ['keys.read', 'keys.write', 'usage.read']

/** Keys and records belong to no account yet, so those of others cannot be told from its own: a member may do nothing. */
const rightsOfRole: Readonly<Record<AccountRole, readonly Right[]>> = { owner: [], member: [] }

const rightsOf = (actor: Actor): readonly Right[] => (actor.kind === 'operator' ? everything : rightsOfRole[actor.role])

/** @throws SpekaError `permission_denied` */
export function demandRight(actor: Actor, right: Right): void {
  if (rightsOf(actor).includes(right)) return
  throw new SpekaError('permission_denied', `This needs the right ${right}, which you do not have here.`)
}
