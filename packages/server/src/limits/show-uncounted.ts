import { formatUsd, type LimitStanding } from '@speka/core'
import { rateCounting, tellSubject, type Limit } from '@speka/core/internal'

/** A limit as it is shown where nobody can tell how it stands. */
export type UncountedLimit = {
  readonly [Name in keyof LimitStanding]: Name extends 'spent' | 'held' | 'remaining' | 'resets_at'
    ? null
    : LimitStanding[Name]
}

export const showUncounted = ({ subject, rule, models, onReached, fallback }: Limit): UncountedLimit => ({
  subject: tellSubject(subject),
  kind: rule.kind,
  window: rule.kind === 'usd' ? rule.window : rateCounting[rule.kind].window,
  limit: rule.kind === 'usd' ? formatUsd(rule.amount) : String(rule.amount),
  spent: null,
  held: null,
  remaining: null,
  resets_at: null,
  models: models ?? null,
  on_reached: onReached,
  fallback: fallback ?? null,
})
