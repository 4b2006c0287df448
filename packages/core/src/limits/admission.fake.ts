import { picoUsd, zeroUsd, type PicoUsd } from '../money.ts'
import type { Admission, Claim, Hold, Refusal } from './admission.ts'
import type { Budget } from './budgets.ts'

interface Account {
  readonly number: number
  cap: bigint
  held: bigint
  spent: bigint
}

/** What the fake knows of one budget. */
export interface BudgetSeen {
  readonly held: PicoUsd
  readonly spent: PicoUsd
}

/** Admission for tests: one process that has every budget to itself. */
export interface FakeAdmission extends Admission {
  /** Every amount that was asked for, in order. */
  readonly asked: PicoUsd[]
  /** The most that was ever set aside and spent of a budget together, over its cap. */
  readonly overshoot: () => PicoUsd
  of(budgetId: string): BudgetSeen
}

/** @param isLate whether each answer takes its time, as where a lease has to be asked for. */
export function createFakeAdmission(isLate = false): FakeAdmission {
  const accounts = new Map<string, Account>()
  const asked: PicoUsd[] = []
  let overshoot = 0n
  const at = ({ id, cap }: Budget): Account => {
    let account = accounts.get(id)
    if (account === undefined) accounts.set(id, (account = { number: accounts.size + 1, cap, held: 0n, spent: 0n }))
    return account
  }
  const left = ({ cap, held, spent }: Account): PicoUsd => picoUsd(cap - held - spent)
  const set = (account: Account, held: bigint, spent: bigint): void => {
    account.held += held
    account.spent += spent
    if (-left(account) > overshoot) overshoot = -left(account)
  }

  function decide({ amount, budgets }: Claim): Hold | Refusal {
    asked.push(amount)
    for (const budget of budgets)
      if (left(at(budget)) < amount) return { kind: 'exhausted', budget, left: left(at(budget)) }
    return new FakeHold(amount, budgets, at, set)
  }

  return {
    asked,
    overshoot: () => picoUsd(overshoot),
    of: (id) => {
      const { held, spent } = accounts.get(id) ?? { held: 0n, spent: 0n }
      return { held: picoUsd(held), spent: picoUsd(spent) }
    },
    admit: (claim) => (isLate ? Promise.resolve().then(() => decide(claim)) : decide(claim)),
    numbers: (budgets) => budgets.map((budget) => at(budget).number),
    idle: (budget) => (accounts.has(budget.id) ? left(at(budget)) : undefined),
    held: (id) => picoUsd(accounts.get(id)?.held ?? 0n),
    close: async () => {},
  }
}

class FakeHold implements Hold {
  readonly amount: PicoUsd
  readonly #budgets: readonly Budget[]
  readonly #at: (budget: Budget) => Account
  readonly #set: (account: Account, held: bigint, spent: bigint) => void
  #charged: { readonly charge: PicoUsd; readonly budgets: readonly Budget[] } | undefined
  #over = false

  constructor(
    amount: PicoUsd,
    budgets: readonly Budget[],
    at: (budget: Budget) => Account,
    set: (account: Account, held: bigint, spent: bigint) => void,
  ) {
    this.amount = amount
    this.#budgets = budgets
    this.#at = at
    this.#set = set
    for (const budget of budgets) set(at(budget), amount, 0n)
  }

  get budgetNumbers(): readonly number[] {
    return this.#budgets.map((budget) => this.#at(budget).number)
  }

  grow(): 'exhausted' {
    return 'exhausted'
  }

  charge(charge: PicoUsd, budgets: readonly Budget[] = this.#budgets): void {
    if (this.#charged !== undefined) throw new Error('charged twice')
    this.#charged = { charge, budgets }
  }

  settled(): void {
    if (this.#charged === undefined) throw new Error('settled before it was charged')
    this.#end()
    for (const budget of this.#charged.budgets) this.#set(this.#at(budget), 0n, this.#charged.charge)
  }

  release(): void {
    this.#end()
  }

  #end(): void {
    if (this.#over) throw new Error('ended twice')
    this.#over = true
    for (const budget of this.#budgets) this.#set(this.#at(budget), -this.amount, zeroUsd)
  }
}
