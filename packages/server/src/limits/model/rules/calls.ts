import type { Life } from './life.ts'
import type { Amount, BudgetId, Leased, Recall, Want } from './messages.ts'
import type { Waiting } from './waiting.ts'

/** A lease call on its way, and what it carries. */
export interface Flight {
  readonly wanted: readonly Waiting[]
  /** Recalls that are answered by what this call gives back. */
  readonly covered: readonly Recall[]
}

/** Lease calls to the store: one at a time, and another in place of one that is not answered. */
export class Calls {
  readonly #life: Life
  readonly #heard: (flight: Flight, reply: Leased) => void
  readonly #cargo: () => Flight
  readonly #flights = new Map<number, Flight>()
  #last = 0

  constructor(life: Life, heard: (flight: Flight, reply: Leased) => void, cargo: () => Flight) {
    this.#life = life
    this.#heard = heard
    this.#cargo = cargo
  }

  get resting(): boolean {
    return this.#flights.size === 0
  }

  get mayCall(): boolean {
    return this.#flights.size < (this.#life.around.rules['one-call-in-flight'] ? 1 : 3)
  }

  call(before: readonly Recall[] = []): void {
    const { owner, purse, around } = this.#life
    const cargo = this.#cargo()
    const flight: Flight = { wanted: cargo.wanted, covered: [...before, ...cargo.covered] }
    const gives = new Map<BudgetId, Amount>()
    for (const { budget } of flight.covered) {
      const idle = purse.idle(budget)
      if (idle <= 0) continue
      purse.give(budget, idle)
      gives.set(budget, idle)
    }
    const call = ++this.#last
    this.#flights.set(call, flight)
    const wants = flight.wanted.map((one) => this.#want(one))
    this.#life.ask({ kind: 'lease', owner, call, has: new Map(purse.granted), gives, wants }, (reply) => {
      if (reply.kind === 'leased') this.#answered(reply)
    })
    around.after(around.timing.callTimeout, () => this.#giveUp(call))
  }

  /** The owner is dead, or gone. */
  end(): void {
    this.#flights.clear()
  }

  #want({ claim }: Waiting): Want {
    const lacks = new Map<BudgetId, Amount>()
    for (const budget of claim.budgets) {
      const lack = claim.amount - this.#life.purse.idle(budget)
      if (lack > 0) lacks.set(budget, lack)
    }
    return { request: claim.request, lacks }
  }

  #answered(reply: Leased): void {
    const flight = this.#flights.get(reply.call)
    if (flight === undefined && this.#life.around.rules['only-the-last-call-is-heard']) return
    this.#flights.delete(reply.call)
    this.#life.purse.take(reply.granted, reply.numbers)
    if (flight !== undefined) this.#heard(flight, reply)
  }

  #giveUp(call: number): void {
    const flight = this.#flights.get(call)
    if (flight === undefined) return
    this.#flights.delete(call)
    for (const one of flight.wanted) if (one.state === 'asked') one.state = 'ready'
    this.call(flight.covered)
  }
}
