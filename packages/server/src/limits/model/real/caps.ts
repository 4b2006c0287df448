import type { Budget } from '@speka/core/internal'
import { picoUsd } from '@speka/core'
import type { Amount, BudgetId } from '../rules/messages.ts'

/** The caps in force, as every process knows them at once: each change of one is a revision. */
export class Caps {
  readonly #budgets = new Map<BudgetId, Budget>()

  set(id: BudgetId, cap: Amount): void {
    const before = this.#budgets.get(id)
    const revision = (before?.applied.limit.revision ?? 0) + 1
    const amount = picoUsd(BigInt(cap))
    const limit = {
      id,
      subject: { kind: 'key', id, account: 'default' },
      rule: { kind: 'usd', amount, window: 'lifetime' },
      onReached: 'stop',
      since: 0,
      revision,
    } as const
    this.#budgets.set(id, {
      id,
      applied: { limit, place: id, subjectId: id },
      startsAt: 0,
      endsAt: Infinity,
      cap: amount,
    })
  }

  budget(id: BudgetId): Budget {
    const budget = this.#budgets.get(id)
    if (budget === undefined) throw new Error(`no budget has the id ${id}`)
    return budget
  }

  /** By which rows say that they count in it. */
  numberOf(id: BudgetId): number {
    return [...this.#budgets.keys()].indexOf(id) + 1
  }
}
