import { Books } from './books.ts'
import { grant } from './grant.ts'
import type { Amount, Ask, BudgetId, LeaseCall, OwnerId, Reply, Row } from './messages.ts'
import type { Rules, Timing } from './rules.ts'
import type { Budgets, StoreSurroundings } from './seams.ts'

/** The store's side: one transaction an ask, on books that survive everything but what they are not synced for. */
export class ModelStore implements Budgets {
  readonly books = new Books()
  readonly #rules: Rules
  readonly #timing: Timing
  readonly #now: () => number
  /** Tells an owner that a budget was lowered. */
  readonly #recall: (owner: OwnerId, budget: BudgetId) => void

  constructor({ rules, timing, now, recall }: StoreSurroundings) {
    this.#rules = rules
    this.#timing = timing
    this.#now = now
    this.#recall = recall
  }

  carryOut(ask: Ask): Reply | undefined {
    if (ask.kind === 'register') {
      return { kind: 'registered', owner: this.books.register(ask.boot, this.#now()) }
    }
    if (ask.kind === 'retire') {
      this.books.retire(ask.owner, { by: 'word', at: this.#now() })
      return { kind: 'retired' }
    }
    const owner = this.books.owner(ask.owner)
    if (ask.kind === 'replay') return this.#replay(ask.owner, ask.rows)
    if (owner.state === 'dead' && (ask.kind !== 'settle' || this.#rules['the-dead-are-refused'])) {
      return { kind: 'fenced' }
    }
    if (owner.state !== 'dead') {
      owner.state = 'alive'
      owner.heard = this.#now()
      owner.heardTimes += 1
    }
    if (ask.kind === 'beat') return { kind: 'alive' }
    if (ask.kind === 'lease') return this.#lease(ask)
    this.#insert(ask.owner, ask.rows, false)
    return { kind: 'settled', ids: ask.rows.map(({ id }) => id) }
  }

  sweep(): void {
    const { lost, reserve } = this.#timing
    for (const owner of this.books.owners.values()) {
      if (owner.state === 'dead') continue
      const unheard = this.#now() - owner.heard
      if (unheard >= lost) owner.state = 'lost'
      if (unheard >= (this.#rules['lost-is-not-dead'] ? lost + reserve : lost)) {
        this.books.retire(owner.id, { by: 'reserve', at: this.#now() })
      }
    }
    for (const budget of this.books.caps.keys()) if (this.books.room(budget) < 0) this.#callBack(budget)
  }

  started(boot: number): void {
    for (const owner of this.books.owners.values()) {
      if (owner.boot !== boot && this.#rules['another-boot-is-dead']) {
        this.books.retire(owner.id, { by: 'boot', at: this.#now() })
      }
      if (this.#rules['reserve-runs-while-the-store-is-up']) owner.heard = this.#now()
    }
  }

  setCap(budget: BudgetId, cap: Amount): void {
    this.books.caps.set(budget, cap)
  }

  #callBack(budget: BudgetId): void {
    if (!this.#rules['a-lower-cap-recalls']) return
    for (const { owner } of this.books.holders(budget)) this.#recall(owner, budget)
  }

  #lease(call: LeaseCall): Reply | undefined {
    const owner = this.books.owner(call.owner)
    if (call.call <= owner.lastCall && this.#rules['calls-are-numbered']) return undefined
    owner.lastCall = Math.max(owner.lastCall, call.call)
    const debts = new Map<BudgetId, Amount>()
    for (const budget of new Set([...owner.leases.keys(), ...call.has.keys()])) {
      const lease = this.books.lease(call.owner, budget)
      lease.granted = this.#rules['says-what-it-has']
        ? Math.min(lease.granted, call.has.get(budget) ?? 0)
        : lease.granted - (call.gives.get(budget) ?? 0)
      // An upstream that ignored its bound has charged more than was lent: the difference is lent now, out of the room.
      const debt = Math.max(0, this.books.charged(call.owner, budget) - lease.granted)
      if (debt === 0 || !this.#rules['an-excess-is-lent']) continue
      debts.set(budget, debt)
      lease.granted += debt
    }
    const denied = grant(this.books, call, debts, this.#rules)
    return {
      kind: 'leased',
      call: call.call,
      granted: this.#rules['says-what-it-has'] ? grantedTo(owner.leases) : sumOf(call.has, owner.leases, denied.given),
      numbers: new Map([...owner.leases].map(([budget, { number }]) => [budget, number])),
      denied: denied.denied,
    }
  }

  #replay(writer: OwnerId, rows: readonly Row[]): Reply {
    const dead = this.books.owner(writer).state === 'dead'
    if (!dead || this.#rules['spooled-rows-are-never-refused']) {
      this.#insert(writer, rows, dead && this.#rules['late-rows-count-apart'])
    }
    return { kind: 'settled', ids: rows.map(({ id }) => id) }
  }

  #insert(owner: OwnerId, rows: readonly Row[], late: boolean): void {
    const known = this.#rules['known-rows-take-no-number']
    for (const row of rows) this.books.insert(owner, row, { late, numbersKnown: !known })
  }
}

const grantedTo = (leases: ReadonlyMap<BudgetId, { granted: Amount }>): Map<BudgetId, Amount> =>
  new Map([...leases].map(([budget, { granted }]) => [budget, granted]))

/** Where owners do not say what they have, they can only be told what is new. */
function sumOf(
  has: ReadonlyMap<BudgetId, Amount>,
  leases: ReadonlyMap<BudgetId, unknown>,
  given: ReadonlyMap<BudgetId, Amount>,
): Map<BudgetId, Amount> {
  return new Map([...leases.keys()].map((budget) => [budget, (has.get(budget) ?? 0) + (given.get(budget) ?? 0)]))
}
