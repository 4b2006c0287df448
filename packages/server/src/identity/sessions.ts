import { randomBytes } from 'node:crypto'
import { SpekaError } from '@speka/core'
import { isSessionId, type Actor, type SessionId } from '../actor.ts'
import type { Site } from '../config/site-schema.ts'
import { keyDigest, sameDigest } from '../keys/key-digest.ts'
import { mintId } from '../keys/key-format.ts'
import { changeBy } from '../operations/change.ts'
import type { OperationParts } from '../operations/operation.ts'
import type { SessionRecord } from '../store/records.ts'
import type { Kept, Registry, Write } from '../store/registry.ts'
import { sessionCookie, setCookie } from './session-cookie.ts'

/** How long a session lasts, in ms: from when somebody signs in, however much he does meanwhile. */
export const SESSION_MS = 12 * 3_600_000

/** How long a session is kept once it has ended, in ms. */
const KEPT_MS = 7 * 24 * 3_600_000

const SHAPE = /^speka-session-[\w-]{43}$/

/** What sessions are kept with. */
export interface SessionParts {
  readonly operations: Pick<OperationParts, 'store' | 'pepper' | 'now'>
  readonly site: () => Site
}

/** By what somebody has shown who he is. */
export type SignedInBy = SessionRecord['how']

/** A session that has just begun. */
export interface OpenedSession {
  readonly actor: Actor
  readonly record: SessionRecord
  /** The whole value of the header `set-cookie` by which the browser keeps it. The secret is nowhere else. */
  readonly cookie: string
}

/**
 * Signs in a member, on the gateway's listener. Who was invited has come by that, and is active.
 *
 * @param how by what he has shown who he is: whoever calls this has made sure of it.
 * @param beside what is written of the passkey that he has shown it by, or nothing is.
 * @throws SpekaError `permission_denied` when there is no such member any more; `account_suspended`; `conflict` when what is
 *   beside has changed meanwhile
 */
export async function openMemberSession(
  parts: SessionParts,
  memberId: string,
  how: SignedInBy,
  beside: readonly Write<'passkey'>[] = [],
): Promise<OpenedSession> {
  const { store, now } = parts.operations
  const member = await store.registry.get('member', memberId)
  if (member === undefined || member.record.status === 'removed')
    throw new SpekaError(
      'permission_denied',
      'You are not a member any more. Ask an owner of the account to invite you.',
    )
  const account = await store.registry.get('account', member.record.account)
  if (account?.record.status !== 'active')
    throw new SpekaError('account_suspended', 'The account is suspended. Ask whoever runs the gateway.')
  const made = await mint(parts, { account: member.record.account, member: memberId, how })
  const actor = memberActor(made.record, member)
  const by = changeBy(actor, 'session.create', now())
  const writes: Write<'session' | 'member' | 'passkey'>[] = [{ kind: 'session', after: made.record }, ...beside]
  if (member.record.status !== 'active')
    writes.push({ kind: 'member', before: member, after: { ...member.record, status: 'active' } })
  await store.registry.change(writes, by)
  await forgetEnded(parts)
  return { actor, record: made.record, cookie: cookieOf(sessionCookie('gateway', parts.site(), undefined), made) }
}

/**
 * Signs in the operator, on his own listener.
 *
 * @param host the `Host` that was asked.
 * @param person who it is, in the words of whoever has vouched for him.
 */
export async function openOperatorSession(
  parts: SessionParts,
  host: string | undefined,
  how: SignedInBy,
  person?: string,
): Promise<OpenedSession> {
  const { store, now } = parts.operations
  const made = await mint(parts, { account: '', how, person })
  const actor: Actor = { kind: 'operator', by: made.record.id }
  await store.registry.change([{ kind: 'session', after: made.record }], changeBy(actor, 'session.create', now()))
  await forgetEnded(parts)
  return { actor, record: made.record, cookie: cookieOf(sessionCookie('admin', parts.site(), host), made) }
}

/** Behind each that begins, so that there are never more than of some days, and none is looked for in between. */
const forgetEnded = ({ operations: { store, now } }: SessionParts): Promise<void> =>
  store.registry.forgetSessions(now() - SESSION_MS - KEPT_MS)

interface Minted {
  readonly record: SessionRecord & { readonly id: SessionId }
  readonly secret: string
}

async function mint(
  { operations }: SessionParts,
  said: Pick<SessionRecord, 'account' | 'member' | 'how' | 'person'>,
): Promise<Minted> {
  const secret = `speka-session-${randomBytes(32).toString('base64url')}`
  const createdAt = operations.now()
  const digest = keyDigest(secret, await operations.pepper())
  return { secret, record: { ...said, id: mintId('ses'), digest, createdAt, expiresAt: createdAt + SESSION_MS } }
}

const cookieOf = (cookie: ReturnType<typeof sessionCookie>, { secret }: Minted): string =>
  setCookie(cookie, secret, SESSION_MS / 1000)

/**
 * Who is signed in by a session's secret. Asks the store each time, so that what has ended is out at once.
 *
 * @returns `undefined` for what is no session, and for one that has ended; whose member was removed, or whose account is
 *   suspended.
 */
export async function actorOfSession(secret: string, parts: SessionParts): Promise<Actor | undefined> {
  if (!SHAPE.test(secret)) return undefined
  const { store, pepper, now } = parts.operations
  const digest = keyDigest(secret, await pepper())
  const record = (await store.registry.findBy('session', digest))?.record
  return record !== undefined && sameDigest(record.digest, digest) ? actorOf(record, store.registry, now()) : undefined
}

/**
 * Whether a session goes on: for what goes on after its request was let in.
 *
 * @param now in ms since the epoch.
 */
export async function isStillSignedIn(id: SessionId, registry: Registry, now: number): Promise<boolean> {
  const record = (await registry.get('session', id))?.record
  return record !== undefined && (await actorOf(record, registry, now)) !== undefined
}

async function actorOf(record: SessionRecord, registry: Registry, now: number): Promise<Actor | undefined> {
  const { id, member: memberId } = record
  if (!isSessionId(id) || record.revokedAt !== undefined || record.expiresAt <= now) return undefined
  if (memberId === undefined) return record.account === '' ? { kind: 'operator', by: id } : undefined
  const member = await registry.get('member', memberId)
  if (member?.record.status !== 'active' || member.record.account !== record.account) return undefined
  const account = await registry.get('account', record.account)
  return account?.record.status === 'active' ? memberActor({ ...record, id }, member) : undefined
}

const memberActor = ({ id, account }: { id: SessionId; account: string }, { record }: Kept<'member'>): Actor => ({
  kind: 'account',
  account,
  role: record.role,
  by: id,
  member: record.id,
})

/** Ends a session, or with `everywhere` every one of whoever has it. What has ended stays so. */
export async function endSession(parts: SessionParts, actor: Actor, id: SessionId, everywhere: boolean): Promise<void> {
  const { store, now } = parts.operations
  const own = await store.registry.get('session', id)
  if (own === undefined) return
  const { account, member } = own.record
  const at = now()
  const ended = everywhere
    ? (await store.registry.list('session', { account })).filter(({ record }) => record.member === member)
    : [own]
  for (const before of ended) {
    if (before.record.revokedAt !== undefined || before.record.expiresAt <= at) continue
    const after = { ...before.record, revokedAt: at }
    await store.registry.change([{ kind: 'session', before, after }], changeBy(actor, 'session.revoke', at))
  }
}
