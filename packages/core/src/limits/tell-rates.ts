import type { RatesTold, RateTold } from '../rates-told.ts'
import type { RateStanding } from './rates.ts'
import { rateCounting } from './rates/rate-kinds.ts'

/** What a caller is told of its rates: of requests and of tokens the one that is nearest to its end. */
export function tellRates(standings: readonly RateStanding[]): RatesTold {
  let requests: RateTold | undefined
  let tokens: RateTold | undefined
  for (const standing of standings) {
    const { of } = rateCounting[standing.applied.limit.rule.kind]
    if (of === 'requests') requests = tighter(requests, standing)
    else if (of === 'tokens') tokens = tighter(tokens, standing)
  }
  return { requests, tokens }
}

/** Of two that have as much left, the one that takes longer to come back. */
function tighter(told: RateTold | undefined, { applied, remaining, resetMs }: RateStanding): RateTold {
  const isTighter =
    told === undefined || remaining < told.remaining || (remaining === told.remaining && resetMs > told.resetMs)
  return isTighter ? { limit: applied.limit.rule.amount, remaining, resetMs } : told
}
