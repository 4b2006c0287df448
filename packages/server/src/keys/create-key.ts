import type { KeyRecord } from '../store/store.ts'
import { keyDigest } from './key-digest.ts'
import { mintKey, mintKeyId, type KeyMode } from './key-format.ts'

/** What a new key shall be. */
export interface NewKey {
  readonly name: string
  readonly mode: KeyMode
  /** Globs of the models it may use. Default: all. */
  readonly models?: readonly string[] | undefined
  /** In ms since the epoch. Default: never. */
  readonly expiresAt?: number | undefined
}

/** Mints a key and the record to store. The key itself exists only in what is returned here. */
export function createKeyRecord(
  wanted: NewKey,
  pepper: Buffer,
  nowMs = Date.now(),
): { key: string; record: KeyRecord } {
  const key = mintKey(wanted.mode)
  const record: KeyRecord = {
    id: mintKeyId(),
    name: wanted.name,
    mode: wanted.mode,
    digest: keyDigest(key, pepper),
    plan: 'none',
    limits: wanted.models === undefined ? {} : { models: wanted.models },
    createdAt: nowMs,
    ...(wanted.expiresAt !== undefined && { expiresAt: wanted.expiresAt }),
  }
  return { key, record }
}
