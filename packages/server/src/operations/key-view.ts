import type { KeyRecord } from '../store/store.ts'

/** A key as its owner may see it: no digest. Moments are in ISO 8601. */
export interface KeyView {
  readonly id: string
  readonly name: string
  readonly mode: KeyRecord['mode']
  readonly plan: string
  /** Globs of the models it may use; `null`: all. */
  readonly models: readonly string[] | null
  readonly status: 'active' | 'revoked' | 'expired'
  readonly created_at: string
  readonly expires_at: string | null
  readonly revoked_at: string | null
}

/** A key that has just been made, and is shown this once. */
export type NewKeyView = { readonly key: string } & KeyView

/** @param now in ms since the epoch. */
export const keyView = (record: KeyRecord, now: number): KeyView => ({
  id: record.id,
  name: record.name,
  mode: record.mode,
  plan: record.plan,
  models: record.limits.models ?? null,
  status: statusOf(record, now),
  created_at: new Date(record.createdAt).toISOString(),
  expires_at: textOf(record.expiresAt),
  revoked_at: textOf(record.revokedAt),
})

const textOf = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())

function statusOf({ revokedAt, expiresAt }: KeyRecord, now: number): KeyView['status'] {
  if (revokedAt !== undefined) return 'revoked'
  return expiresAt !== undefined && expiresAt <= now ? 'expired' : 'active'
}
