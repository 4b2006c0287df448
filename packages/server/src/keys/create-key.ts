import type { KeyRecord } from '../store/store.ts'
import { keyDigest } from './key-digest.ts'
import { mintKey, mintKeyId, type KeyMode } from './key-format.ts'

/** What a new key shall be. */
export interface KeyWish {
  readonly name: string
  readonly mode: KeyMode
  /** Globs of the models it may use. Default: all. */
  readonly models?: readonly string[] | undefined
  /** In ms since the epoch. Default: never. */
  readonly expiresAt?: number | undefined
}

/** Mints a key and the record to store. The key itself exists only in what is returned here. */
export function createKeyRecord(wish: KeyWish, pepper: Buffer, nowMs = Date.now()): { key: string; record: KeyRecord } {
  const key = mintKey(wish.mode)
  const record: KeyRecord = {
    id: mintKeyId(),
    name: wish.name,
    mode: wish.mode,
    digest: keyDigest(key, pepper),
    plan: 'none',
    limits: wish.models === undefined ? {} : { models: wish.models },
    createdAt: nowMs,
    ...(wish.expiresAt !== undefined && { expiresAt: wish.expiresAt }),
  }
  return { key, record }
}
