import { picoUsd, zeroUsd, type PicoUsd } from './money.ts'

/** Money set aside for one call. It ends once, by `settle` or by `release`; whatever comes after is of no effect. */
export interface SetAside {
  /** The most the call may cost. */
  readonly amount: PicoUsd
  /**
   * The call has ended.
   *
   * @param cost what it cost; `undefined` when nobody knows: then all that was set aside counts as spent.
   */
  settle(cost: PicoUsd | undefined): void
  /** The call was not made, or cost nothing. */
  release(): void
}

/**
 * What a run has spent, and what is set aside for its calls under way. A cap that is looked at before a call and raised after it
 * lets everything through that runs at once; one that sets aside first does not.
 */
export class SpendAccount {
  #spent: PicoUsd = zeroUsd
  #held: PicoUsd = zeroUsd

  get spent(): PicoUsd {
    return this.#spent
  }

  /** Set aside for calls under way. */
  get held(): PicoUsd {
    return this.#held
  }

  /** What of `cap` is neither spent nor set aside; below zero when a call cost more than was set aside for it. */
  leftOf(cap: PicoUsd): PicoUsd {
    return picoUsd(cap - this.#spent - this.#held)
  }

  /** Counts what a call cost that nothing was set aside for. */
  spend(cost: PicoUsd): void {
    this.#spent = picoUsd(this.#spent + cost)
  }

  setAside(amount: PicoUsd): SetAside {
    this.#held = picoUsd(this.#held + amount)
    let over = false
    const settle = (cost: PicoUsd | undefined): void => {
      if (over) return
      over = true
      this.#held = picoUsd(this.#held - amount)
      this.spend(cost ?? amount)
    }
    return { amount, settle, release: () => settle(zeroUsd) }
  }
}
