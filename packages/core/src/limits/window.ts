import type { Budget } from './budgets.ts'
import type { AppliedMoney, LimitWindow } from './limit.ts'

/** From when to when a window counts, in ms since the epoch, the end exclusive. */
export interface WindowSpan {
  readonly startsAt: number
  readonly endsAt: number
}

const DAY_MS = 86_400_000
/** The first Monday after the epoch began, which was a Thursday. */
const FIRST_MONDAY = 4 * DAY_MS
const WEEK_MS = 7 * DAY_MS

const spans: Readonly<Record<LimitWindow, (at: number) => WindowSpan>> = {
  day: (at) => every(DAY_MS, 0, at),
  week: (at) => every(WEEK_MS, FIRST_MONDAY, at),
  month(at) {
    const date = new Date(at)
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
    return { startsAt: Date.UTC(year, month), endsAt: Date.UTC(year, month + 1) }
  },
  lifetime: () => ({ startsAt: 0, endsAt: Infinity }),
}

function every(length: number, first: number, at: number): WindowSpan {
  const startsAt = Math.floor((at - first) / length) * length + first
  return { startsAt, endsAt: startsAt + length }
}

/** The window that a moment lies in, in UTC. */
export const windowAt = (window: LimitWindow, at: number): WindowSpan => spans[window](at)

/**
 * The budget that a request counts in by a limit: the one of the window in which it arrived.
 *
 * @param at when it arrived, in ms since the epoch.
 */
export function budgetAt(applied: AppliedMoney, at: number): Budget {
  const known = latest.get(applied)
  if (known !== undefined && at >= known.startsAt && at < known.endsAt) return known
  const { rule } = applied.limit
  const { startsAt, endsAt } = windowAt(rule.window, at)
  const budget: Budget = { id: `${applied.place}@${startsAt}`, applied, startsAt, endsAt, cap: rule.amount }
  latest.set(applied, budget)
  return budget
}

/** The budget asked for last of each limit as it applies: nearly always the one asked for next. */
const latest = new WeakMap<AppliedMoney, Budget>()
