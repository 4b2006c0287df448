import { picoUsd, zeroUsd, type PicoUsd } from '../../money.ts'
import type { BudgetsProcess } from '../budgets.contract.ts'
import type { Budget, Budgets, Holding, LeaseCall, LeaseReply } from '../budgets.ts'

/** What is wanted by one request: so much of each of these budgets. */
export type Lacks = readonly (readonly [budget: Budget, amount: bigint | number])[]

interface Purse {
  granted: bigint
  charged: bigint
  held: bigint
  number: number
}

/** The other side of leases, as plain as it can be: one call after the other, and a purse for each budget. */
export class TestOwner {
  readonly process: BudgetsProcess
  /** Its id, by the last answer. */
  id = 0
  readonly #purses = new Map<string, Purse>()
  /** Let go of: what was charged under it stays charged. */
  readonly #letGo = new Map<string, bigint>()
  #calls = 0
  #last: LeaseCall | undefined

  constructor(process: BudgetsProcess) {
    this.process = process
  }

  get budgets(): Budgets {
    return this.process.budgets
  }

  granted = (budget: Budget): bigint => this.#purseOf(budget.id).granted
  held = (budget: Budget): bigint => this.#purseOf(budget.id).held
  numberOf = (budget: Budget): number => this.#purseOf(budget.id).number

  idle(budget: Budget): bigint {
    const { granted, charged, held } = this.#purseOf(budget.id)
    return granted - charged - held
  }

  /** All it has, what it charged and let go of included. */
  grantedOf = (id: string): bigint => this.#purseOf(id).granted + (this.#letGo.get(id) ?? 0n)
  chargedOf = (id: string): bigint => this.#purseOf(id).charged + (this.#letGo.get(id) ?? 0n)

  call(wants: readonly Lacks[], has: readonly Holding[]): LeaseCall {
    this.#calls += 1
    const withAmounts = wants.map((lacks) => ({
      lacks: lacks.map(([budget, amount]) => ({ budget, amount: picoUsd(BigInt(amount)) })),
    }))
    this.#last = { number: this.#calls, has, wants: withAmounts }
    return this.#last
  }

  /** @param how.lost whether the answer does not arrive. */
  async ask(wants: readonly Lacks[], how: { readonly lost?: boolean } = {}): Promise<LeaseReply> {
    const named = new Map(wants.flat().map(([budget]) => [budget.id, budget]))
    const reply = await this.budgets.exchange(
      this.call(
        wants,
        [...named.values()].map((budget) => this.#holding(budget)),
      ),
    )
    if (how.lost !== true) this.#take(reply)
    return reply
  }

  hold(budget: Budget, amount: bigint | number): void {
    this.#purseOf(budget.id).held += BigInt(amount)
  }

  /** Settles a row of so much in one budget, out of what was set aside. */
  async settle(charge: bigint | number, budget: Budget): Promise<void> {
    const purse = this.#purseOf(budget.id)
    await this.process.settle({ charge: BigInt(charge), budgets: [purse.number] })
    purse.charged += BigInt(charge)
    purse.held = purse.held > BigInt(charge) ? purse.held - BigInt(charge) : 0n
  }

  async giveBack(budget: Budget, amount: bigint | number): Promise<void> {
    this.#purseOf(budget.id).granted -= BigInt(amount)
    this.#take(await this.budgets.exchange(this.call([], [this.#holding(budget)])))
  }

  async letGo(budget: Budget): Promise<void> {
    const purse = this.#purseOf(budget.id)
    this.#letGo.set(budget.id, (this.#letGo.get(budget.id) ?? 0n) + purse.charged)
    await this.budgets.exchange(this.call([], [{ ...this.#holding(budget), ends: true }]))
    Object.assign(purse, { granted: 0n, charged: 0n, held: 0n })
  }

  /** Sends its last call once more. */
  async repeat(): Promise<void> {
    if (this.#last === undefined) return
    await expect(this.budgets.exchange(this.#last)).rejects.toMatchObject({ code: 'storage_unavailable' })
  }

  /** Nothing is set aside any more, and everything idle goes back. */
  async rest(budget: Budget): Promise<void> {
    const purse = this.#purseOf(budget.id)
    purse.held = 0n
    await this.giveBack(budget, purse.granted - purse.charged)
  }

  /** It has become another owner. */
  forget(): void {
    this.#purses.clear()
  }

  #holding(budget: Budget): Holding {
    const { granted, held } = this.#purseOf(budget.id)
    return { budget, granted: picoUsd(granted), held: picoUsd(held) }
  }

  #take({ owner, has }: LeaseReply): void {
    this.id = owner
    for (const { budgetId, budgetNumber, granted } of has) {
      const purse = this.#purseOf(budgetId)
      purse.granted = granted
      purse.number = budgetNumber
    }
  }

  #purseOf(id: string): Purse {
    const purse = this.#purses.get(id) ?? { granted: zeroUsd as PicoUsd, charged: 0n, held: 0n, number: 0 }
    this.#purses.set(id, purse)
    return purse
  }
}
