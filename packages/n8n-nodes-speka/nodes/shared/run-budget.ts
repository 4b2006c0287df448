import { formatUsd, parseUsd, zeroUsd, type PicoUsd } from '@speka/core'

/** What one run may spend, over all its requests. Made for requests that follow one another. */
export class RunBudget {
  #left: PicoUsd

  /** @param limitUsd in dollars; smaller parts than a millionth do not count */
  constructor(limitUsd: number) {
    this.#left = parseUsd(limitUsd.toFixed(6))
  }

  /** The most that the next request may cost, as the gateway takes it: a decimal string of dollars. */
  get leftUsd(): string {
    return formatUsd(this.#left)
  }

  /**
   * Takes what a request has cost.
   *
   * @param costUsd `undefined`, when the gateway does not know, is all that was left
   */
  spend(costUsd: number | undefined): void {
    const cost = costUsd === undefined ? this.#left : parseUsd(costUsd.toFixed(12))
    this.#left = cost < this.#left ? ((this.#left - cost) as PicoUsd) : zeroUsd
  }
}
