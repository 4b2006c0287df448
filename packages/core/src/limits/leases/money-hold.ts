import { picoUsd, type PicoUsd } from '../../money.ts'
import type { GrowOutcome, Hold } from '../admission.ts'
import type { Budget } from '../budgets.ts'
import type { LocalLease } from './local-lease.ts'
import { knownNumbers } from './number-questions.ts'

/** What a hold asks of whom it came from. */
export interface HoldEnds {
  leaseOf(budget: Budget): LocalLease
  /** Something may have become idle. */
  freed(): void
  /** Sets more aside as soon as there is more, by the hold's own `add`. */
  growLater(hold: MoneyHold, by: PicoUsd): Promise<GrowOutcome>
  /** Whether the store is sure to keep what was lent. */
  isTrusted(): boolean
}

/** Money set aside in memory, in each budget alike. */
export class MoneyHold implements Hold {
  readonly #ends: HoldEnds
  #leases: readonly LocalLease[]
  #amount: bigint
  #state: 'growing' | 'charged' | 'over' = 'growing'

  constructor(leases: readonly LocalLease[], amount: PicoUsd, ends: HoldEnds) {
    this.#leases = leases
    this.#amount = amount
    this.#ends = ends
    for (const lease of leases) {
      lease.hold(amount)
      lease.holds += 1
    }
  }

  get amount(): PicoUsd {
    return picoUsd(this.#amount)
  }

  get budgetNumbers(): readonly number[] {
    return knownNumbers(this.#leases) ?? []
  }

  get leases(): readonly LocalLease[] {
    return this.#leases
  }

  /** Whether more can still be set aside. */
  get isGrowing(): boolean {
    return this.#state === 'growing'
  }

  grow(by: PicoUsd): GrowOutcome | Promise<GrowOutcome> {
    if (!this.isGrowing || !this.#ends.isTrusted()) return 'unknown'
    for (const lease of this.#leases) if (!lease.fits(by)) return this.#ends.growLater(this, by)
    this.add(by)
    return 'held'
  }

  add(by: PicoUsd): void {
    this.#amount += by
    for (const lease of this.#leases) lease.hold(by)
  }

  charge(charge: PicoUsd, budgets?: readonly Budget[]): void {
    if (this.#state === 'over') return
    this.#state = 'charged'
    const counted = budgets?.map((budget) => this.#ends.leaseOf(budget)) ?? this.#leases
    for (const lease of counted) lease.holds += 1
    for (const lease of counted) lease.hold(charge)
    for (const lease of this.#leases) {
      lease.free(this.#amount)
      lease.holds -= 1
    }
    this.#leases = counted
    this.#amount = charge
    this.#ends.freed()
  }

  settled(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    for (const lease of this.#leases) {
      lease.spend(this.#amount)
      lease.holds -= 1
    }
  }

  release(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    for (const lease of this.#leases) {
      lease.free(this.#amount)
      lease.holds -= 1
    }
    this.#ends.freed()
  }
}
