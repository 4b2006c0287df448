import { SpekaError } from '@speka/core'
import type { AccountRole, Actor } from '../actor.ts'

/** What may be done. Within an account, but for what is the operator's alone. */
export const rights = [
  /** Make accounts, suspend them, and give them plans: the operator's alone. */
  'accounts.write',
  /** Hold the whole audit against itself: the operator's alone. */
  'audit.verify',
  /** Make an owner, or change one. */
  'owners.write',
  /** Hold the ledger's sums to its records, make them anew, take all records out: the operator's alone. */
  'ledger.verify',
  'accounts.read',
  /** Say who stands on invoices as the buyer. */
  'buyer.write',
  'teams.read',
  'teams.write',
  'members.read',
  'members.write',
  /** Add passkeys of one’s own, name them, and remove them. */
  'passkeys.own',
  'keys.read',
  'keys.write',
  /** Ask models as a key of the account, without having that key. */
  'playground.use',
  'limits.read',
  /** Set limits, and remove them: those that the operator has not set. */
  'limits.write',
  'tokens.read',
  'tokens.write',
  'usage.read',
  /** See what requests cost the operator, and what he earns on them: the operator's alone. */
  'margin.read',
  'audit.read',
  'alerts.read',
  'models.read',
  /** See invoices, drafts of them, and adjustments. */
  'invoices.read',
  /** Leave a payment method where payments are taken, take a plan by it, and change it. */
  'payments.write',
  /** Close a month, and adjust what an account is to pay: the operator's alone. */
  'invoices.write',
  /** See the providers, how they fare, and which of the operator's keys they take: the operator's alone. */
  'gateway.read',
  /** Take a provider out, and let it in again: the operator's alone. */
  'gateway.write',
] as const

export type Right = (typeof rights)[number]

const looking: readonly Right[] = [
  'accounts.read',
  'teams.read',
  'members.read',
  'passkeys.own',
  'limits.read',
  'usage.read',
  'alerts.read',
  'models.read',
]
const working: readonly Right[] = [...looking, 'keys.read', 'keys.write', 'playground.use']
const managing: readonly Right[] = [
  ...working,
  'teams.write',
  'members.write',
  'limits.write',
  'tokens.read',
  'tokens.write',
  'audit.read',
  'buyer.write',
  'invoices.read',
  'payments.write',
]

/** Within the account alone: what is another's is not there for them. */
const rightsOfRole: Readonly<Record<AccountRole, readonly Right[]>> = {
  owner: [...managing, 'owners.write'],
  admin: managing,
  billing: [...looking, 'buyer.write', 'invoices.read', 'payments.write'],
  member: working,
  viewer: [...looking, 'keys.read'],
}

/** All that somebody may do. */
export const rightsOf = (actor: Actor): readonly Right[] =>
  actor.kind === 'operator' ? rights : rightsOfRole[actor.role]

export const mayDo = (actor: Actor, right: Right): boolean => rightsOf(actor).includes(right)

/** @throws SpekaError `permission_denied` */
export function demandRight(actor: Actor, right: Right): void {
  if (mayDo(actor, right)) return
  throw new SpekaError('permission_denied', `This needs the right ${right}, which you do not have here.`)
}

/**
 * Nobody gives a role, or takes one away, that may do what he may not.
 *
 * @throws SpekaError `permission_denied`
 */
export function demandRightsOf(actor: Actor, role: AccountRole | 'operator'): void {
  const own = rightsOf(actor)
  const needed = role === 'operator' ? rights : rightsOfRole[role]
  if (needed.every((right) => own.includes(right))) return
  throw new SpekaError(
    'permission_denied',
    `The role ${role} may do what you may not, so it is not yours to give or take.`,
  )
}
