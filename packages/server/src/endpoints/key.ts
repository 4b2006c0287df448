import { formatUsd } from '@speka/core'
import { zeroUsd } from '@speka/core/internal'
import type { KeyedExchange } from '../http/exchange.ts'
import { respondJson } from '../http/respond.ts'
import type { Store, UsageTotals } from '../store/store.ts'

/** `GET /v1/key`: what the calling key is, what it may do, and what it has used. */
export function showKey({ ledger, registry }: Pick<Store, 'ledger' | 'registry'>) {
  const adding = new Map<string, Promise<UsageTotals | undefined>>()

  /** Adding up a large key takes long, and others wait behind it: whoever asks meanwhile gets the same sums. */
  const usedBy = (keyId: string): Promise<UsageTotals | undefined> => {
    const underWay = adding.get(keyId)
    if (underWay !== undefined) return underWay
    const totals = ledger
      .totals({ by: 'key', keyId })
      .then(([used]) => used)
      .finally(() => adding.delete(keyId))
    adding.set(keyId, totals)
    return totals
  }

  return async ({ id, response, key }: KeyedExchange): Promise<void> => {
    const [used, account, team] = await Promise.all([
      usedBy(key.id),
      registry.get('account', key.account),
      key.team === undefined ? undefined : registry.get('team', key.team),
    ])
    respondJson(response, id, {
      object: 'key',
      id: key.id,
      name: key.name,
      mode: key.mode,
      plan: account?.record.plan ?? 'none',
      account: { id: key.account, name: account?.record.name ?? key.account },
      team: team === undefined ? null : { id: team.record.id, name: team.record.name },
      environment: key.environment ?? null,
      tags: key.tags ?? [],
      // A key of the configuration was not made by us.
      created_at: key.createdAt === 0 ? null : new Date(key.createdAt).toISOString(),
      expires_at: key.expiresAt === undefined ? null : new Date(key.expiresAt).toISOString(),
      models: key.limits.models ?? null,
      endpoints: key.limits.endpoints ?? null,
      providers: key.limits.providers ?? null,
      // No limit on money or rate exists yet, which reads the same as one that was not set.
      limit: null,
      limit_remaining: null,
      limit_reset: null,
      requests: used?.requests ?? 0,
      usage: Number(formatUsd(used?.charge ?? zeroUsd)),
      usage_details: { total: formatUsd(used?.charge ?? zeroUsd), unpriced_requests: used?.unpriced ?? 0 },
    })
  }
}
