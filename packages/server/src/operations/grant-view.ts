import { z } from 'zod'
import type { GrantRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { shownMoment, textOf } from './moments.ts'

/** Prepaid credit as it is shown. */
export const grantView = z.object({
  id: z.string(),
  account: z.string(),
  /** A decimal string. */
  usd: z.string(),
  /** Of several, the one with the lowest number is spent first. */
  priority: z.number(),
  /** From when it can be spent, until before when; `null`: until it is. */
  from: z.iso.datetime(),
  expires_at: shownMoment,
  note: z.string().nullable(),
  /** `ahead`: it cannot be spent yet. */
  status: z.enum(['ahead', 'active', 'expired', 'revoked']),
  created_at: z.iso.datetime(),
  revoked_at: shownMoment,
  revision: z.number(),
})

export type GrantView = z.output<typeof grantView>

/** @param now in ms since the epoch */
export const viewGrant = ({ record, revision }: Kept<'grant'>, now: number): GrantView => ({
  id: record.id,
  account: record.account,
  usd: record.usd,
  priority: record.priority,
  from: new Date(record.from).toISOString(),
  expires_at: textOf(record.expiresAt),
  note: record.note ?? null,
  status: statusOf(record, now),
  created_at: new Date(record.createdAt).toISOString(),
  revoked_at: textOf(record.revokedAt),
  revision,
})

function statusOf({ from, expiresAt, revokedAt }: GrantRecord, now: number): GrantView['status'] {
  if (revokedAt !== undefined) return 'revoked'
  if (expiresAt !== undefined && expiresAt <= now) return 'expired'
  return from > now ? 'ahead' : 'active'
}
