import type { PicoUsd } from '../../money.ts'
import type { Budget, Lease } from '../budgets.ts'

/** For how long this process goes by what it was told of money elsewhere, in ms: then it asks again. */
const TOLD_MS = 1000

/** What this process has of one budget: granted = idle + held + spent. */
export class LocalLease {
  budget: Budget
  /** Whether the store has a lease of it for this process, as far as it has said. */
  isLent = false
  /** By which rows say that they count in this budget. */
  budgetNumber: number | undefined
  /** The number of the last grant that is known here. */
  grants = 0
  idle = 0n
  /** Set aside for requests under way, those included whose rows are on their way. */
  held = 0n
  /** What the store was last told to be set aside; `undefined`: nobody knows which of several messages it has heard last. */
  toldHeld: bigint | undefined = 0n
  /** Charged by rows that the store has. */
  spent = 0n
  /** The cap came down: until the store has said that it has enough back, nobody is admitted by what is idle, or becomes so. */
  returns = false
  /** How many requests have something of it, be it nothing but a place. */
  holds = 0
  /** Requests that wait for money of it. */
  waiting = 0
  /** Since it was last thought of as one to let go of. */
  wasUsed = true
  /** The most that can come from elsewhere, until when. It only sinks, unless the cap is raised or this process gives back. */
  #elsewhere = 0n
  #toldUntil = -Infinity

  constructor(budget: Budget) {
    this.budget = budget
  }

  get granted(): bigint {
    return this.idle + this.held + this.spent
  }

  /** Whether so much can be set aside at once. */
  fits(amount: bigint): boolean {
    return this.isLent && ((this.idle >= amount && !this.returns) || amount === 0n)
  }

  /** Nobody needs it in memory. */
  get isAtRest(): boolean {
    return this.holds === 0 && this.waiting === 0
  }

  hold(amount: bigint): void {
    this.idle -= amount
    this.held += amount
    this.wasUsed = true
  }

  free(amount: bigint): void {
    this.idle += amount
    this.held -= amount
  }

  spend(charge: bigint): void {
    this.held -= charge
    this.spent += charge
  }

  /** What is idle is given back: it is gone from now on, whether or not the store hears of it. */
  giveBack(): void {
    if (this.idle <= 0n) return
    this.#elsewhere += this.idle
    this.idle = 0n
  }

  /** As the store says it is; `undefined`: there is none, and what was charged counts as spent. */
  take(lease: Lease | undefined): void {
    this.isLent = lease !== undefined
    this.returns = lease !== undefined && lease.recalled > 0n
    if (lease === undefined) {
      this.spent = 0n
      this.grants = 0
    } else {
      this.budgetNumber = lease.budgetNumber
      this.grants = lease.grants
    }
    this.idle = (lease?.granted ?? 0n) - this.held - this.spent
  }

  /** Another owner has taken this one's place: it has been lent nothing. What is held will be charged to it all the same. */
  beginAnew(): void {
    this.take(undefined)
    this.forgetElsewhere()
  }

  /** The room, and all that other owners have left. */
  heardOfElsewhere(most: bigint, now: number): void {
    this.#elsewhere = most
    this.#toldUntil = now + TOLD_MS
  }

  forgetElsewhere(): void {
    this.#toldUntil = -Infinity
  }

  /** How much could be had at most, if it is known to be less than `amount`. */
  leftIfTooLittle(amount: PicoUsd, now: number): bigint | undefined {
    if (now > this.#toldUntil) return undefined
    const most = this.idle + this.#elsewhere
    return most < amount ? most : undefined
  }
}
