import type { Amount, Amounts, BudgetId, RequestId } from './messages.ts'

interface Hold {
  readonly budgets: readonly BudgetId[]
  readonly amount: Amount
}

/** What an owner has been lent, what of it is spent, and what is set aside for requests in flight. */
export class Purse {
  #granted = new Map<BudgetId, Amount>()
  #numbers = new Map<BudgetId, number>()
  readonly #used = new Map<BudgetId, Amount>()
  readonly #holds = new Map<RequestId, Hold>()

  /** All that was granted and not given back, what is spent included. */
  get granted(): Amounts {
    return this.#granted
  }

  /** Charges that the store has, and holds. */
  used(budget: BudgetId): Amount {
    return this.#used.get(budget) ?? 0
  }

  idle(budget: BudgetId): Amount {
    return (this.#granted.get(budget) ?? 0) - this.used(budget)
  }

  number(budget: BudgetId): number {
    return this.#numbers.get(budget) ?? 0
  }

  /** Nothing is set aside. */
  get isFree(): boolean {
    return this.#holds.size === 0
  }

  heldBy(request: RequestId): Hold | undefined {
    return this.#holds.get(request)
  }

  fits(budgets: readonly BudgetId[], amount: Amount): boolean {
    return budgets.every((budget) => this.idle(budget) >= amount)
  }

  hold(request: RequestId, budgets: readonly BudgetId[], amount: Amount): void {
    const before = this.#holds.get(request)
    this.#holds.set(request, {
      budgets: [...new Set([...(before?.budgets ?? []), ...budgets])],
      amount: (before?.amount ?? 0) + amount,
    })
    this.#use(budgets, amount)
  }

  /** The charge is known: no more than it stays set aside. */
  shrink(request: RequestId, charge: Amount): void {
    const hold = this.#holds.get(request)
    if (hold === undefined) return
    this.#holds.set(request, { ...hold, amount: charge })
    this.#use(hold.budgets, charge - hold.amount)
  }

  /** The store has the row: what was set aside is spent. */
  spend(request: RequestId): void {
    this.#holds.delete(request)
  }

  /** Nothing is charged. */
  free(request: RequestId): void {
    const hold = this.#holds.get(request)
    if (hold === undefined) return
    this.#holds.delete(request)
    this.#use(hold.budgets, -hold.amount)
  }

  /** What is given back is gone from the moment it is sent. */
  give(budget: BudgetId, amount: Amount): void {
    this.#granted.set(budget, (this.#granted.get(budget) ?? 0) - amount)
  }

  take(granted: Amounts, numbers: ReadonlyMap<BudgetId, number>): void {
    this.#granted = new Map(granted)
    this.#numbers = new Map(numbers)
  }

  #use(budgets: readonly BudgetId[], amount: Amount): void {
    for (const budget of budgets) this.#used.set(budget, this.used(budget) + amount)
  }
}
