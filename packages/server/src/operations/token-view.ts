import { z } from 'zod'
import { accountRoles } from '../actor.ts'
import type { TokenRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { shownMoment, textOf } from './moments.ts'

/** A token of the management API as it is shown: no digest. */
export const tokenView = z.object({
  id: z.string(),
  /** `null`: it is the operator's, and good for all of them. */
  account: z.string().nullable(),
  name: z.string(),
  role: z.enum([...accountRoles, 'operator']),
  status: z.enum(['active', 'revoked', 'expired']),
  created_at: z.string(),
  expires_at: shownMoment,
  revoked_at: shownMoment,
  revision: z.number(),
})

export type TokenView = z.output<typeof tokenView>

/** @param now in ms since the epoch. */
export const viewToken = ({ record, revision }: Kept<'token'>, now: number): TokenView => ({
  id: record.id,
  account: record.account === '' ? null : record.account,
  name: record.name,
  role: record.role,
  status: statusOf(record, now),
  created_at: new Date(record.createdAt).toISOString(),
  expires_at: textOf(record.expiresAt),
  revoked_at: textOf(record.revokedAt),
  revision,
})

function statusOf({ revokedAt, expiresAt }: TokenRecord, now: number): TokenView['status'] {
  if (revokedAt !== undefined) return 'revoked'
  return expiresAt !== undefined && expiresAt <= now ? 'expired' : 'active'
}
