import { SpekaError } from '@speka/core'
import type { Actor } from '../actor.ts'
import { DEFAULT_ACCOUNT } from '../store/default-account.ts'
import type { Kept, RegistryKind } from '../store/registry.ts'
import type { OperationParts } from './operation.ts'

/** What operations look things up in. */
type Stored = Pick<OperationParts, 'store'>

/**
 * What has an id, if the actor may know of it. The one place where an account is kept from another's: whatever
 * belongs to another is not there.
 *
 * @throws SpekaError `not_found`; of a key `key_not_found`
 */
export async function findOwn<K extends RegistryKind>(
  { store }: Stored,
  actor: Actor,
  kind: K,
  id: string,
): Promise<Kept<K>> {
  const kept = await store.registry.get(kind, id)
  if (kept === undefined || (actor.kind === 'account' && kept.record.account !== actor.account))
    throw notFound(kind, id)
  return kept
}

/**
 * The account that an operation is about: the one it names, else the actor's own, which of an operator is the default one.
 *
 * @throws SpekaError `not_found`
 */
export const accountOf = (parts: Stored, actor: Actor, asked: string | undefined): Promise<Kept<'account'>> =>
  findOwn(parts, actor, 'account', asked ?? ownAccount(actor) ?? DEFAULT_ACCOUNT)

/**
 * The account that a list is of: the one it names, else the actor's own. For an operator `undefined`, which is all.
 *
 * @throws SpekaError `not_found`
 */
export async function accountToList(
  parts: Stored,
  actor: Actor,
  asked: string | undefined,
): Promise<string | undefined> {
  if (asked !== undefined) return (await findOwn(parts, actor, 'account', asked)).record.id
  return ownAccount(actor)
}

const ownAccount = (actor: Actor): string | undefined => (actor.kind === 'account' ? actor.account : undefined)

/** How each kind is called, and what shows which there are. */
const words: Readonly<Record<RegistryKind, { readonly a: string; readonly list: string }>> = {
  account: { a: 'account', list: 'accounts' },
  team: { a: 'team', list: 'teams' },
  member: { a: 'member', list: 'members' },
  group: { a: 'group', list: 'groups' },
  key: { a: 'key', list: 'keys' },
  token: { a: 'token', list: 'tokens' },
  provider: { a: 'provider', list: 'providers' },
  limit: { a: 'limit', list: 'limits' },
  grant: { a: 'grant', list: 'credits' },
  adjustment: { a: 'adjustment', list: 'adjustments' },
  reprice: { a: 'reprice', list: 'reprices' },
  plan: { a: 'plan', list: 'plans' },
  payment: { a: 'payment', list: 'payments' },
  payment_feed: { a: 'feed of payments', list: 'payments' },
  session: { a: 'session', list: 'sessions' },
  passkey: { a: 'passkey', list: 'passkeys' },
}

function notFound(kind: RegistryKind, id: string): SpekaError {
  const { a, list } = words[kind]
  const message = `There is no ${a} "${shorten(id)}". "speka ${list} list" shows the ${list} there are.`
  return new SpekaError(kind === 'key' ? 'key_not_found' : 'not_found', message)
}

const shorten = (id: string): string => (id.length > 100 ? `${id.slice(0, 100)}…` : id)

/**
 * Refuses to go on behind what is not there: an empty page would say that the list has ended.
 *
 * @throws SpekaError `invalid_value`
 */
export async function behind(
  parts: Stored,
  actor: Actor,
  kind: RegistryKind,
  after: string | undefined,
): Promise<void> {
  if (after === undefined) return
  try {
    await findOwn(parts, actor, kind, after)
  } catch (cause) {
    if (!SpekaError.is(cause) || cause.status !== 404) throw cause
    throw new SpekaError('invalid_value', `after must be the id of a ${kind} of this list.`, { param: 'after', cause })
  }
}
