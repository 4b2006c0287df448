import { formatUsd, type PicoUsd } from '@speka/core'
import { z } from 'zod'
import type { GrantRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { creditLeft } from './credit-left.ts'
import { shownMoment, textOf } from './moments.ts'
import type { OperationParts } from './operation.ts'

/** Prepaid credit as it is shown. */
export const grantView = z.object({
  id: z.string(),
  account: z.string(),
  /** A decimal string. */
  usd: z.string(),
  /** What can still be spent of it; `null`: it cannot be told at present. */
  left_usd: z.string().nullable(),
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

/** Grants as they are shown, with what is left of them. */
export async function viewGrants(parts: OperationParts, grants: readonly Kept<'grant'>[]): Promise<GrantView[]> {
  const left = new Map<string, ReadonlyMap<string, PicoUsd> | undefined>()
  for (const { record } of grants)
    if (!left.has(record.account)) left.set(record.account, await creditLeft(parts, record.account))
  const now = parts.now()
  return grants.map((kept) => viewOf(kept, left.get(kept.record.account)?.get(kept.record.id), now))
}

/** One of them. */
export async function viewGrant(parts: OperationParts, grant: Kept<'grant'>): Promise<GrantView> {
  const [view] = await viewGrants(parts, [grant])
  if (view === undefined) throw new TypeError('a grant has a view')
  return view
}

/** @param now in ms since the epoch */
const viewOf = ({ record, revision }: Kept<'grant'>, left: PicoUsd | undefined, now: number): GrantView => ({
  id: record.id,
  account: record.account,
  usd: record.usd,
  left_usd: leftOf(statusOf(record, now), left),
  priority: record.priority,
  from: new Date(record.from).toISOString(),
  expires_at: textOf(record.expiresAt),
  note: record.note ?? null,
  status: statusOf(record, now),
  created_at: new Date(record.createdAt).toISOString(),
  revoked_at: textOf(record.revokedAt),
  revision,
})

/** What has ended is left to nobody. */
function leftOf(status: GrantView['status'], left: PicoUsd | undefined): string | null {
  if (status === 'expired' || status === 'revoked') return '0'
  return left === undefined ? null : formatUsd(left)
}

function statusOf({ from, expiresAt, revokedAt }: GrantRecord, now: number): GrantView['status'] {
  if (revokedAt !== undefined) return 'revoked'
  if (expiresAt !== undefined && expiresAt <= now) return 'expired'
  return from > now ? 'ahead' : 'active'
}
