import type { Failure } from '../failure.ts'
import type { RoutePlan } from '../route/plan-route.ts'
import { samePlace, type Target } from '../route/target.ts'
import type { AttemptRecord } from '../meter/usage-record.ts'

/**
 * Where a prompt may fit, or content may be welcome: the fallbacks for that, then the plan's other models. Each place once,
 * and none that was tried before.
 *
 * @param left what is left of the plan, the target that failed first.
 */
export function otherModels(
  failure: Failure,
  plan: RoutePlan,
  left: readonly [Target, ...Target[]],
  tried: readonly Pick<AttemptRecord, 'provider' | 'upstreamModel'>[],
): Target[] {
  const [{ entry, model }, ...rest] = left
  const tooLong = failure.class === 'context_window'
  const others = rest.filter((target) => {
    if (target.model === model) return false
    return (
      !tooLong || target.entry.contextWindow === undefined || target.entry.contextWindow > (entry.contextWindow ?? 0)
    )
  })
  const candidates = [...(tooLong ? plan.contextWindow : plan.contentPolicy), ...others]
  return candidates.filter(
    (target, index) =>
      !tried.some((record) => samePlace(record, target)) &&
      candidates.findIndex((candidate) => samePlace(candidate, target)) === index,
  )
}
