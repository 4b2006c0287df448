import { DEFAULT_ACCOUNT } from '../store/default-account.ts'
import type { KeyRecord } from '../store/records.ts'
import { keyDigest } from './key-digest.ts'
import { mintKey, mintKeyId, type KeyMode } from './key-format.ts'

/** What a new key shall be. */
export interface NewKey extends Pick<
  KeyRecord,
  'name' | 'team' | 'member' | 'environment' | 'tags' | 'expiresAt' | 'origin'
> {
  readonly mode: KeyMode
  /** Default: the built-in account. */
  readonly account?: string | undefined
  /** What it may do. Default: everything. */
  readonly limits?: KeyRecord['limits'] | undefined
}

/** Mints a key and the record to store. The key itself exists only in what is returned here. */
export function createKeyRecord(
  { mode, account = DEFAULT_ACCOUNT, limits = {}, ...wanted }: NewKey,
  pepper: Buffer,
  nowMs = Date.now(),
): { key: string; record: KeyRecord } {
  const key = mintKey(mode)
  const record: KeyRecord = {
    ...wanted,
    id: mintKeyId(),
    account,
    mode,
    digest: keyDigest(key, pepper),
    labels: 0,
    limits,
    createdAt: nowMs,
  }
  return { key, record }
}
