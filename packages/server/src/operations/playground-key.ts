import { SpekaError } from '@speka/core'
import type { Actor } from '../actor.ts'
import { isCallerId } from '../keys/caller-id.ts'
import type { KeyRecord } from '../store/records.ts'
import { createKey } from './create-key.ts'
import type { OperationParts } from './operation.ts'
import { accountOf, findOwn } from './own-account.ts'
import { isInUse } from './plans.ts'
import { demandRight, mayDo } from './rights.ts'

/** What the key is called that somebody plays with who has not chosen one. */
export const PLAYGROUND_KEY = 'Playground'

/** Which key somebody plays with. */
export interface KeyChoice {
  /** Default: his own one called {@link PLAYGROUND_KEY}. */
  readonly keyId?: string | undefined
  /** Of which account that one is. Default: his own. */
  readonly account?: string | undefined
  /** Whether that one is made where there is none. */
  readonly makes: boolean
}

/**
 * The id of the key that somebody plays with: the one he has chosen, else his own, which is made when it is first used. Nobody is
 * shown that key. Where the plan has no room for it, it is the oldest key that he may use.
 *
 * @throws SpekaError `permission_denied`; `key_not_found` for a key of another account; `invalid_value`
 */
export async function keyToPlayWith(
  parts: OperationParts,
  actor: Actor,
  { keyId, account: asked, makes }: KeyChoice,
): Promise<string> {
  demandRight(actor, 'playground.use')
  if (keyId !== undefined) {
    const { record } = await findOwn(parts, actor, 'key', keyId)
    if (asked !== undefined && asked !== record.account)
      throw new SpekaError('invalid_value', 'account must be that of the key: leave it out.', { param: 'account' })
    if (mayPlayWith(record, actor)) return record.id
    throw new SpekaError('permission_denied', 'This key is another member’s. Choose one of your own, or of nobody’s.')
  }
  const account = (await accountOf(parts, actor, asked)).record.id
  const there = await keysToPlayWith(parts, actor, account)
  const own = there.find(({ name, member }) => name === PLAYGROUND_KEY && member === memberOf(actor))
  if (own !== undefined) return own.id
  const [oldest] = there
  if (!makes) {
    if (oldest !== undefined) return oldest.id
    throw new SpekaError('invalid_value', 'There is no key to explain it for yet: make one, and name it as key_id.', {
      param: 'key_id',
    })
  }
  try {
    return (await createKey(parts, actor, { name: PLAYGROUND_KEY, account, member: memberOf(actor) })).id
  } catch (error) {
    // The plan has no room for another key.
    if (SpekaError.is(error) && error.code === 'invalid_value' && oldest !== undefined) return oldest.id
    throw error
  }
}

/** The keys of an account that somebody may play with, the oldest first. */
export async function keysToPlayWith(parts: OperationParts, actor: Actor, account: string): Promise<KeyRecord[]> {
  const now = parts.now()
  const kept = await parts.store.registry.list('key', { account })
  return kept.map(({ record }) => record).filter((key) => isInUse(key, now) && mayPlayWith(key, actor))
}

const memberOf = (actor: Actor): string | undefined => (actor.kind === 'account' ? actor.member : undefined)

/** A member's key is his, and of those who look after members. Who comes with tokens of an issuer is no key. */
const mayPlayWith = ({ id, member }: KeyRecord, actor: Actor): boolean =>
  !isCallerId(id) && (member === undefined || member === memberOf(actor) || mayDo(actor, 'members.write'))
