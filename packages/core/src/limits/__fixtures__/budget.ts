import { picoUsd } from '../../money.ts'
import type { Budget } from '../budgets.ts'
import type { Limit, LimitWindow, Subject } from '../limit.ts'

/** Of what a budget in a test differs from that of a key, on a day long after its limit was made. */
export interface BudgetChanges {
  /** Whose limit it is. Default: a limit of its own. */
  readonly limitId?: string
  readonly subject?: Subject
  readonly subjectId?: string
  readonly models?: string
  readonly liveKeysOnly?: Limit['liveKeysOnly']
  readonly window?: LimitWindow
  readonly startsAt?: number
  readonly endsAt?: number
  readonly since?: number
  readonly revision?: number
  readonly onReached?: Limit['onReached']
}

const DAY_MS = 86_400_000

/** A day on which requests of tests arrive. */
export const TEST_DAY = Date.UTC(2026, 2, 14)

let made = 0

/** A budget of so many pico-dollars. */
export function testBudget(amount: bigint | number, changes: BudgetChanges = {}): Budget {
  made += 1
  const cap = picoUsd(BigInt(amount))
  const window = changes.window ?? 'day'
  const { limitId = `limit_${made}`, subject = { kind: 'key', id: 'key_A', account: 'default' } } = changes
  const { startsAt = TEST_DAY, endsAt = startsAt + DAY_MS, revision = 1, since = 0 } = changes
  const subjectId = changes.subjectId ?? subject.id ?? subject.account
  const place = subject.id === undefined ? `${limitId} ${subjectId}` : limitId
  const limit = {
    id: limitId,
    subject,
    models: changes.models,
    liveKeysOnly: changes.liveKeysOnly,
    rule: { kind: 'usd', amount: cap, window } as const,
    onReached: changes.onReached ?? ('stop' as const),
    since,
    revision,
  }
  return { id: `${place} ${startsAt}`, applied: { limit, place, subjectId }, startsAt, endsAt, cap }
}

/** The same budget after its limit was changed to another amount. */
export function withCap(budget: Budget, amount: bigint | number): Budget {
  const { applied } = budget
  const cap = picoUsd(BigInt(amount))
  const rule = { ...applied.limit.rule, amount: cap }
  const limit = { ...applied.limit, rule, revision: applied.limit.revision + 1 }
  return { ...budget, cap, applied: { ...applied, limit } }
}
