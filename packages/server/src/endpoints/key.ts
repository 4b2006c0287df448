import { formatUsd, type Clock } from '@speka/core'
import {
  zeroUsd,
  type LimitWindow,
  showBudget,
  showRate,
  standingsOf,
  type RateLimits,
  type StandingSources,
} from '@speka/core/internal'
import { planAt } from '../billing/plan-at.ts'
import type { KeyedExchange } from '../http/exchange.ts'
import { nameIn } from './call-facts.ts'
import { showUncounted } from '../limits/show-uncounted.ts'
import { respondJson } from '../http/respond.ts'
import type { CompiledLimits } from '../limits/limit-book.ts'
import type { Store, UsageTotals } from '../store/store.ts'

type KeyStore = Pick<Store, 'ledger' | 'registry' | 'budgets'>

/** What limits calls, and can be asked of a key. */
export interface CallLimits {
  readonly book: CompiledLimits
  readonly rates: StandingSources['rates'] & Pick<RateLimits, 'known' | 'take'>
}

const NO_LIMIT = { limit: null, limit_remaining: null, limit_reset: null }

/** How OpenRouter calls windows. */
const resets: Readonly<Record<LimitWindow, string | null>> = {
  day: 'daily',
  week: 'weekly',
  month: 'monthly',
  lifetime: null,
}

/** `GET /v1/key`: what the calling key is, what it may do, and what it has used. */
export function showKey(
  { ledger, registry, budgets }: KeyStore,
  engineLimits: CallLimits | undefined,
  clock: Pick<Clock, 'now'>,
) {
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

  /** Every limit that applies, and the tightest on money as OpenRouter's clients look for it. */
  const limitsOf = async ({ request, key }: KeyedExchange) => {
    const customer = nameIn('x-speka-customer', request)
    const applied = engineLimits?.book.appliedToKey(key, customer)
    // Where they stand depends on the customer: of nobody there is nothing to tell.
    const each = customer === undefined ? (engineLimits?.book.ofEachCustomer(key.account) ?? []).map(showUncounted) : []
    if (engineLimits === undefined || applied === undefined) return { ...NO_LIMIT, limits: each }
    const now = clock.now()
    const { money, rates } = await standingsOf(applied, { budgets, rates: engineLimits.rates }, now)
    const limits = [...money.map(showBudget), ...rates.map((rate) => showRate(rate, now)), ...each]
    const [tightest] = money
      .filter(({ budget }) => budget.applied.limit.onReached !== 'notify')
      .sort((one, other) => (one.remaining < other.remaining ? -1 : Number(one.remaining > other.remaining)))
    if (tightest === undefined) return { ...NO_LIMIT, limits }
    const { budget, remaining } = tightest
    return {
      limit: Number(formatUsd(budget.cap)),
      limit_remaining: Number(formatUsd(remaining)),
      limit_reset: resets[budget.applied.limit.rule.window],
      limits,
    }
  }

  return async (exchange: KeyedExchange): Promise<void> => {
    const { id, response, key } = exchange
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
      plan: account === undefined ? 'none' : planAt(account.record, clock.now()),
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
      ...(await limitsOf(exchange)),
      requests: used?.requests ?? 0,
      usage: Number(formatUsd(used?.charge ?? zeroUsd)),
      usage_details: { total: formatUsd(used?.charge ?? zeroUsd), unpriced_requests: used?.unpriced ?? 0 },
    })
  }
}
