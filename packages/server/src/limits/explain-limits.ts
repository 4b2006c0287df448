import { formatUsd, type Call, type LimitStanding } from '@speka/core'
import {
  boundByRates,
  showBudget,
  showRate,
  wouldHold,
  type AppliedRate,
  type KnownBudget,
  type RateStanding,
  type RoutePlan,
} from '@speka/core/internal'
import { showUncounted, type UncountedLimit } from './show-uncounted.ts'

/** What a limit would do with a call. `unknown`: where its rate stands is not known here. */
type Would = 'admit' | 'refuse' | 'fall_back' | 'notify' | 'unknown'

/** A limit that a call would meet, where it stands, and what it would do. */
export type ExplainedLimit = (LimitStanding | UncountedLimit) & {
  readonly would: Would
  /** Of money: what would be set aside for the call, in USD; refused, the least that it can be made for. `null`: nobody can tell. */
  readonly sets_aside?: string | null
}

export interface ExplainedLimits {
  readonly limits: readonly ExplainedLimit[]
  /** The first that would refuse it. */
  readonly refused_by: ExplainedLimit | null
}

/** Which limits a call would meet, and what each would do with it, as far as it goes by that one alone. Nothing is taken. */
export function explainLimits(
  call: Call,
  plan: RoutePlan,
  maxAttempts: number,
  { money, rates }: { readonly money: readonly KnownBudget[]; readonly rates: readonly ExplainedLimit[] },
): ExplainedLimits {
  const limits = [...rates, ...money.map((known) => explainBudget(call, plan, maxAttempts, known))]
  return { limits, refused_by: limits.find(({ would }) => would === 'refuse') ?? null }
}

function explainBudget(call: Call, plan: RoutePlan, maxAttempts: number, known: KnownBudget): ExplainedLimit {
  const { onReached } = known.budget.applied.limit
  const hold = wouldHold(call, plan, maxAttempts, known.remaining)
  if (hold.kind !== 'unpriced') {
    const would = hold.kind === 'held' ? 'admit' : reached[onReached]
    // What only notifies has nothing set aside, however little is left.
    return { ...showBudget(known), would, sets_aside: onReached === 'notify' ? '0' : formatUsd(hold.amount) }
  }
  // What has no price is refused where a limit stops, and counts nothing where it does not.
  return { ...showBudget(known), would: onReached === 'stop' ? 'refuse' : 'admit', sets_aside: null }
}

const reached = { stop: 'refuse', fallback: 'fall_back', notify: 'notify' } as const

/** @param now in ms since the epoch. */
export function explainRate(call: Call, rate: RateStanding, now: number): ExplainedLimit {
  const needed = rate.applied.limit.rule.kind === 'tpm' ? boundByRates(call, [rate]).tokens : 1
  return { ...showRate(rate, now), would: rate.remaining < needed ? 'refuse' : 'admit' }
}

/** A rate in a process that does not count it. */
export const explainUncounted = ({ limit }: AppliedRate): ExplainedLimit => ({
  ...showUncounted(limit),
  would: 'unknown',
})
