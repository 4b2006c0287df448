import type { PlanPart } from './invoice-facts.ts'
import { spanOfMonth } from './month.ts'
import { plansOverTime, type Subscribed } from './plan-at.ts'
import type { PlanVersion, PlanVersions } from './plan-versions.ts'

/**
 * The parts of a month by the plan that was in force, and by what that one cost and included then: they neither overlap nor leave
 * a gap, and begin when the account was made. None when it was made later.
 *
 * @param month `YYYY-MM`
 * @param plans every version of each
 * @param configured the plan that the configuration says for this account: it holds for the whole month.
 * @throws SpekaError `invalid_value` for what is no month
 */
export function partsOfMonth(account: Subscribed, month: string, plans: PlanVersions, configured?: string): PlanPart[] {
  const { from: start, until: end } = spanOfMonth(month)
  const begins = Math.max(start, account.createdAt)
  const terms = configured === undefined ? plansOverTime(account) : [{ plan: configured, from: begins }]
  return terms.flatMap(({ plan: name, from }, index) => {
    const isFirst = index === 0
    const part = {
      name,
      plan: undefined,
      from: isFirst ? begins : Math.max(from, begins),
      until: Math.min(terms[index + 1]?.from ?? end, end),
    }
    return part.from < part.until ? byVersion(part, plans.get(name)) : []
  })
}

/** A part, cut at each moment within it at which its plan has become another. */
function byVersion(part: PlanPart, versions: readonly PlanVersion[] = []): PlanPart[] {
  const parts = versions.flatMap(({ price, from: turn }, index) => {
    const from = index === 0 ? part.from : Math.max(turn, part.from)
    const until = Math.min(versions[index + 1]?.from ?? part.until, part.until)
    return from < until ? [{ ...part, plan: price, from, until }] : []
  })
  return parts.length === 0 ? [part] : parts
}
