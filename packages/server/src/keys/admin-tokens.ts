import { randomBytes } from 'node:crypto'
import type { Actor, TokenId } from '../actor.ts'
import type { TokenRecord } from '../store/records.ts'
import type { Registry } from '../store/registry.ts'
import { keyDigest, sameDigest } from './key-digest.ts'
import { mintId } from './key-format.ts'

const SHAPE = /^speka-admin-[\w-]{43}$/

/** A new token of the management API, and what is kept of it. */
export function mintToken(pepper: Buffer): { token: string; id: TokenId; digest: string } {
  const token = `speka-admin-${randomBytes(32).toString('base64url')}`
  return { token, id: mintId('tok'), digest: keyDigest(token, pepper) }
}

/**
 * Who holds a token of the management API. Asks the store each time, so that one that is revoked stops at once.
 *
 * @param now in ms since the epoch.
 * @returns `undefined` for what is no token, and for one that is revoked, has expired, or whose account is suspended.
 */
export async function actorOfToken(
  token: string,
  { registry, pepper, now }: { registry: Registry; pepper: () => Promise<Buffer>; now: number },
): Promise<Actor | undefined> {
  if (!SHAPE.test(token)) return undefined
  const digest = keyDigest(token, await pepper())
  const record = (await registry.findBy('token', digest))?.record
  return record !== undefined && sameDigest(record.digest, digest) ? actorOf(record, registry, now) : undefined
}

/**
 * Whether who has come in by a token would still: for what goes on after its request was let in.
 *
 * @param now in ms since the epoch.
 */
export async function isStillHeld({ by }: Actor, registry: Registry, now: number): Promise<boolean> {
  if (!isTokenId(by)) return true
  const record = (await registry.get('token', by))?.record
  return record !== undefined && (await actorOf(record, registry, now)) !== undefined
}

async function actorOf(record: TokenRecord, registry: Registry, now: number): Promise<Actor | undefined> {
  if (!isTokenId(record.id)) return undefined
  if (record.revokedAt !== undefined || (record.expiresAt !== undefined && record.expiresAt <= now)) return undefined
  if (record.role === 'operator') return { kind: 'operator', by: record.id }
  const account = await registry.get('account', record.account)
  if (account?.record.status !== 'active') return undefined
  return { kind: 'account', account: record.account, role: record.role, by: record.id }
}

/** Whether somebody came in by a token that was made for it. */
export const isTokenId = (id: string): id is TokenId => id.startsWith('tok_')
