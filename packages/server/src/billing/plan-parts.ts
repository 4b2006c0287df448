import type { Plan } from '@speka/core/internal'
import type { PlanPart } from './invoice-facts.ts'
import { spanOfMonth } from './month.ts'
import { plansOverTime, type Subscribed } from './plan-at.ts'

/**
 * The parts of a month by the plan that was in force: they neither overlap nor leave a gap, and begin when the account was made.
 * None when it was made later.
 *
 * @param month `YYYY-MM`
 * @param plans by name
 * @param configured the plan that the configuration says for this account: it holds for the whole month.
 * @throws SpekaError `invalid_value` for what is no month
 */
export function partsOfMonth(
  account: Subscribed,
  month: string,
  plans: ReadonlyMap<string, Plan>,
  configured?: string,
): PlanPart[] {
  const { from: start, until: end } = spanOfMonth(month)
  const begins = Math.max(start, account.createdAt)
  const terms = configured === undefined ? plansOverTime(account) : [{ plan: configured, from: begins }]
  return terms.flatMap(({ plan: name, from }, index) => {
    const isFirst = index === 0
    const part = {
      name,
      plan: plans.get(name),
      from: isFirst ? begins : Math.max(from, begins),
      until: Math.min(terms[index + 1]?.from ?? end, end),
    }
    return part.from < part.until ? [part] : []
  })
}
