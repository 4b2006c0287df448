import { SpekaError } from '@speka/core'
import { isSessionId, type Actor } from '../actor.ts'
import { isTokenId } from '../keys/admin-tokens.ts'
import type { SessionView } from '../management/session-rows.ts'
import { features, hasFeature } from '../operations/features.ts'
import { textOf } from '../operations/moments.ts'
import { rightsOf } from '../operations/rights.ts'
import { planAt } from '../billing/plan-at.ts'
import type { SiteParts } from '../site/site-parts.ts'
import { csrfToken } from './csrf.ts'
import { passkeyTrouble } from './passkeys/relying-party.ts'

/**
 * What whoever asks is told of himself, and of where he is.
 *
 * @param host the `Host` that was asked.
 */
export async function viewSession(
  parts: SiteParts,
  actor: Actor | undefined,
  host: string | undefined,
): Promise<SessionView> {
  const { listener, operations } = parts
  const { name, publicUrl, signUp } = parts.site()
  const about = {
    object: 'session',
    listener,
    gateway_url: publicUrl ?? parts.gatewayUrl?.() ?? null,
    site: { name, public_url: publicUrl ?? null, sign_up: signUp },
    sign_in_links: parts.signInLinks?.() ?? [],
    passkey_trouble: passkeyTrouble(parts, host) ?? null,
  } as const
  if (actor === undefined) return { ...about, actor: null }
  const { store, pepper, now } = operations
  const { by } = actor
  const session = isSessionId(by) ? await store.registry.get('session', by) : undefined
  const who = {
    ...about,
    id: isSessionId(by) || isTokenId(by) ? by : null,
    rights: [...rightsOf(actor)],
    csrf: isSessionId(by) ? csrfToken(by, await pepper()) : null,
    expires_at: textOf(session?.record.expiresAt),
  }
  if (actor.kind === 'operator')
    return { ...who, actor: 'operator', role: 'operator', account: null, member: null, features: [...features] }
  const account = (await store.registry.get('account', actor.account))?.record
  if (account === undefined) throw new SpekaError('not_found', 'The account is not there any more.')
  const member = actor.member === undefined ? undefined : await store.registry.get('member', actor.member)
  const { plans } = await operations.plans()
  const at = now()
  return {
    ...who,
    actor: 'account',
    role: actor.role,
    account: { id: account.id, name: account.name, plan: planAt(account, at) },
    member: member === undefined ? null : { id: member.record.id, email: member.record.email },
    features: features.filter((feature) => hasFeature(account, feature, plans, at)),
  }
}
