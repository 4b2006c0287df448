import type { Budget, HeldNews, Holding, LeaseReply } from '../budgets.ts'
import { picoUsd, zeroUsd } from '../../money.ts'
import { LocalLease } from './local-lease.ts'

/** How many are looked at with each call, to find some that nobody needs. */
const LOOKED_AT = 256
/** How many are let go of with one call, so that it stays short. */
const LET_GO_AT_ONCE = 64

/** All that this process has been lent, by budget. What it has changes by what calls say and hear, and by nothing else. */
export class Purse {
  readonly #leases = new Map<string, LocalLease>()
  readonly #most: number
  /** What the next call is about; those as well of which a call without an answer has spoken. */
  readonly #unsaid = new Set<LocalLease>()
  /** Leases that are let go of, until the store has said so. */
  readonly #ending = new Map<string, Budget>()
  /** Of which the idle money goes back with the next call. */
  readonly #returning = new Set<LocalLease>()
  /** What the news tell of that are on their way: a call that says it as well may come before them or after. */
  readonly #told = new Set<LocalLease>()
  #closing = false

  /** @param most - How many budgets are kept in memory; one that is in use is kept all the same. */
  constructor(most: number) {
    this.#most = most
  }

  find(budgetId: string): LocalLease | undefined {
    return this.#leases.get(budgetId)
  }

  /** What there is of a budget, under the cap of the highest revision. */
  of(budget: Budget): LocalLease {
    const lease = this.#leases.get(budget.id)
    if (lease === undefined) {
      const made = new LocalLease(budget)
      this.#leases.set(budget.id, made)
      return made
    }
    if (budget.applied.limit.revision > lease.budget.applied.limit.revision) this.#adopt(lease, budget)
    return lease
  }

  /** Whether the store has heard all that it is to hear. */
  get isSaid(): boolean {
    return this.#unsaid.size === 0 && this.#ending.size === 0 && this.#returning.size === 0 && !this.#closing
  }

  /** What is idle of it then goes back with the next call. */
  giveBack(lease: LocalLease): void {
    this.#returning.add(lease)
  }

  /** Everything idle goes back with the next call. */
  giveAllBack(): void {
    this.#closing = this.#leases.size > 0
  }

  /** The next call is about it. */
  mention(lease: LocalLease): void {
    this.#unsaid.add(lease)
  }

  /** Before a call: what is given back is gone from now on, and what nobody needs is let go of. */
  prepare(now: number): void {
    if (this.#closing) this.#letGoOfAll()
    for (const lease of this.#returning) {
      lease.giveBack()
      this.#unsaid.add(lease)
    }
    this.#returning.clear()
    this.#letGoOfSome(now)
  }

  /** What a call says. */
  say(): Holding[] {
    const said: Holding[] = []
    for (const budget of this.#ending.values()) said.push({ budget, granted: zeroUsd, held: zeroUsd, ends: true })
    for (const lease of this.#unsaid) {
      lease.toldHeld = this.#told.has(lease) ? undefined : lease.held
      said.push({ budget: lease.budget, granted: picoUsd(lease.granted), held: picoUsd(lease.held) })
    }
    return said
  }

  /** What is set aside of leases, where calls have not told it as it is, and the next one will not. */
  heldNews(): HeldNews[] {
    const news: HeldNews[] = []
    for (const lease of this.#leases.values()) {
      const { budgetNumber, held, toldHeld, isLent } = lease
      if (held === toldHeld || !isLent || budgetNumber === undefined || this.#unsaid.has(lease)) continue
      lease.toldHeld = held
      this.#told.add(lease)
      news.push({ budgetNumber, held: picoUsd(held) })
    }
    return news
  }

  newsHeard(isSure: boolean): void {
    if (!isSure) for (const lease of this.#told) lease.toldHeld = undefined
    this.#told.clear()
  }

  /** A call was answered: what it named, and whatever else the store tells of, is as the store says. */
  heard({ has }: LeaseReply, said: readonly Holding[]): void {
    const told = new Set(has.map(({ budgetId }) => budgetId))
    for (const { budget, ends } of said) {
      const lease = this.#leases.get(budget.id)
      if (ends === true) this.#ending.delete(budget.id)
      else if (lease !== undefined) {
        this.#unsaid.delete(lease)
        if (!told.has(budget.id)) lease.take(undefined)
      }
    }
    for (const one of has) {
      const lease = this.#leases.get(one.budgetId)
      lease?.take(one)
      if (lease?.returns === true && lease.idle > 0n) this.#returning.add(lease)
    }
  }

  /** Another owner has taken this one's place: what a call has said is to be said again. */
  beginAnew(): void {
    this.#ending.clear()
    for (const lease of this.#leases.values()) lease.beginAnew()
  }

  /** Where there are too many, or their window is over, those that nobody has needed for longest are let go of. */
  #letGoOfSome(now: number): void {
    let letGo = 0
    let lookedAt = 0
    for (const lease of this.#leases.values()) {
      const isOver = now >= lease.budget.endsAt
      if (!isOver && this.#leases.size <= this.#most) return
      if (lookedAt === LOOKED_AT || letGo === LET_GO_AT_ONCE) return
      lookedAt += 1
      if (lease.isAtRest && !this.#unsaid.has(lease) && (isOver || !lease.wasUsed)) {
        this.#letGo(lease)
        letGo += 1
        continue
      }
      // Its turn comes again when all others have had theirs.
      lease.wasUsed = false
      this.#leases.delete(lease.budget.id)
      this.#leases.set(lease.budget.id, lease)
    }
  }

  #letGoOfAll(): void {
    this.#closing = false
    for (const lease of this.#leases.values()) {
      if (lease.isAtRest) this.#letGo(lease)
      else this.giveBack(lease)
    }
  }

  #letGo(lease: LocalLease): void {
    this.#leases.delete(lease.budget.id)
    this.#returning.delete(lease)
    // One of which a call without an answer has spoken may be lent although nobody here has heard of it.
    if (this.#unsaid.delete(lease) || lease.isLent) this.#ending.set(lease.budget.id, lease.budget)
  }

  #adopt(lease: LocalLease, budget: Budget): void {
    if (budget.cap < lease.budget.cap) {
      lease.returns = true
      this.giveBack(lease)
    } else lease.forgetElsewhere()
    lease.budget = budget
  }
}
