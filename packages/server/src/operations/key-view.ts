import { z } from 'zod'
import { planAt } from '../billing/plan-at.ts'
import type { KeyRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { limitOfKeyView, viewLimitOfKey } from './limit-view.ts'
import { isOfKey } from './limits-of-key.ts'
import { shownMoment, textOf } from './moments.ts'
import type { OperationParts } from './operation.ts'

const words = z.array(z.string()).readonly()

/** A key as its owner may see it: no digest. */
export const keyView = z.object({
  id: z.string(),
  account: z.string(),
  name: z.string(),
  mode: z.enum(['live', 'test']),
  /** The plan of its account. */
  plan: z.string(),
  team: z.string().nullable(),
  member: z.string().nullable(),
  environment: z.string().nullable(),
  tags: words,
  /** Globs of the models it may use; `null`: all. */
  models: words.nullable(),
  /** What it may ask for; `null`: everything. */
  endpoints: words.nullable(),
  /** Which providers may answer it; `null`: all. */
  providers: words.nullable(),
  /** How much it may use itself, whatever else limits it. */
  limits: z.array(limitOfKeyView),
  status: z.enum(['active', 'revoked', 'replaced', 'expired']),
  created_at: z.string(),
  expires_at: shownMoment,
  revoked_at: shownMoment,
  replaced_by: z.string().nullable(),
  replaced_until: shownMoment,
  /** To the minute, and about a minute late. */
  last_used_at: shownMoment,
  revision: z.number(),
})

export type KeyView = z.output<typeof keyView>

/** A key that has just been made, and is shown this once. */
export const newKeyView = keyView.extend({ key: z.string() })
export type NewKeyView = z.output<typeof newKeyView>

/** Keys as they are shown, with what is known of them elsewhere. */
export async function viewKeys({ store, now }: OperationParts, keys: readonly Kept<'key'>[]): Promise<KeyView[]> {
  const at = now()
  const used = new Map(
    (await store.registry.usesOf(keys.map(({ record }) => record.id))).map((use) => [use.id, use.at]),
  )
  const accounts = [...new Set(keys.map(({ record }) => record.account))]
  const found = await Promise.all(accounts.map((account) => store.registry.get('account', account)))
  const plans = new Map(found.map((account) => [account?.record.id, account && planAt(account.record, at)]))
  const lists = await Promise.all(accounts.map((account) => store.registry.list('limit', { account })))
  const limits = lists.flat().map(({ record }) => record)
  return keys.map(({ record, revision }) => ({
    ...viewOf(record, revision, plans.get(record.account) ?? 'none', used.get(record.id), at),
    limits: limits.filter((limit) => isOfKey(limit, record.origin ?? record.id)).map(viewLimitOfKey),
  }))
}

/** One of them. */
export async function viewKey(parts: OperationParts, key: Kept<'key'>): Promise<KeyView> {
  const [view] = await viewKeys(parts, [key])
  if (view === undefined) throw new TypeError('a key has a view')
  return view
}

const viewOf = (
  key: KeyRecord,
  revision: number,
  plan: string,
  usedAt: number | undefined,
  now: number,
): Omit<KeyView, 'limits'> => ({
  id: key.id,
  account: key.account,
  name: key.name,
  mode: key.mode,
  plan,
  team: key.team ?? null,
  member: key.member ?? null,
  environment: key.environment ?? null,
  tags: key.tags ?? [],
  models: key.limits.models ?? null,
  endpoints: key.limits.endpoints ?? null,
  providers: key.limits.providers ?? null,
  status: statusOf(key, now),
  created_at: new Date(key.createdAt).toISOString(),
  expires_at: textOf(key.expiresAt),
  revoked_at: textOf(key.revokedAt),
  replaced_by: key.replacedBy ?? null,
  replaced_until: textOf(key.replacedUntil),
  last_used_at: textOf(usedAt),
  revision,
})

/** @param now in ms since the epoch. */
function statusOf({ revokedAt, replacedUntil, expiresAt }: KeyRecord, now: number): KeyView['status'] {
  if (revokedAt !== undefined) return 'revoked'
  if (replacedUntil !== undefined && replacedUntil <= now) return 'replaced'
  return expiresAt !== undefined && expiresAt <= now ? 'expired' : 'active'
}
