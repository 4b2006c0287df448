import type { PicoUsd } from '../money.ts'
import type { Budget } from './budgets.ts'

/**
 * Told of what happens to budgets, so that somebody can be told that a limit is nearly reached. Each returns at once, throws
 * nothing, and is never waited for; called once for each request, whatever its limits do when they are reached.
 */
export interface Notices {
  /** A row that counts in each of these budgets has been kept. Called behind it: what is spent of them may be asked right away. */
  spent(budgets: readonly Budget[], charge: PicoUsd): void
  /** A request was refused, or planned with a limit's own models, since the budget has not enough left for it. */
  refused(budget: Budget): void
}
