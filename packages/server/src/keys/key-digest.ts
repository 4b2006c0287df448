import { createHmac, hash, timingSafeEqual } from 'node:crypto'

/** What the store keeps of a key: useless to anyone who has the store and not the pepper. */
export const keyDigest = (key: string, pepper: Buffer): string => createHmac('sha256', pepper).update(key).digest('hex')

/** Whether two digests are the same, in a time that does not tell where they differ. */
export function sameDigest(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/**
 * By which a key is remembered in memory: a SHA-256 of the whole key, for a fifth of what the digest costs. Never a part of
 * it, so that two keys are never taken for one.
 */
export const keyFingerprint = (key: string): string => hash('sha256', key)
