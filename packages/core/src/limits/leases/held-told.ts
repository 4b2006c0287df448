import type { Clock } from '../../clock.ts'
import type { Holding } from '../budgets.ts'
import type { LocalLease } from './local-lease.ts'
import type { Purse } from './purse.ts'

/** For how long the store goes by what it was told is set aside, in ms. */
const TOLD_FOR_MS = 1000

/**
 * Has the store told again what is set aside once that is something else: whoever asks how much is left of a budget is told by the
 * store, and what is set aside at rest is nothing.
 */
export class HeldTold {
  readonly #clock: Clock
  readonly #purse: Purse
  readonly #say: () => void
  /** What the store believes is set aside, where it believes in something. */
  readonly #told = new Map<LocalLease, bigint>()
  #stopTimer: (() => void) | undefined
  #isOver = false

  /** @param say has the store told what the purse has to say. */
  constructor(clock: Clock, purse: Purse, say: () => void) {
    this.#clock = clock
    this.#purse = purse
    this.#say = say
  }

  /** The store has heard a call. */
  heard(said: readonly Holding[]): void {
    for (const { budget, held } of said) {
      const lease = this.#purse.find(budget.id)
      if (lease === undefined) continue
      if (held > 0n) this.#told.set(lease, held)
      else this.#told.delete(lease)
    }
    this.#lookLater()
  }

  stop(): void {
    this.#isOver = true
    this.#stopTimer?.()
    this.#stopTimer = undefined
  }

  #lookLater(): void {
    if (this.#isOver || this.#stopTimer !== undefined || this.#told.size === 0) return
    this.#stopTimer = this.#clock.after(TOLD_FOR_MS, () => {
      this.#stopTimer = undefined
      this.#look()
    })
  }

  #look(): void {
    for (const [lease, held] of this.#told) {
      // It was let go of, and the store with it.
      if (this.#purse.find(lease.budget.id) !== lease) this.#told.delete(lease)
      else if (lease.held !== held) this.#purse.mention(lease)
    }
    this.#say()
    this.#lookLater()
  }
}
