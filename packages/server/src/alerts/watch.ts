import type { Clock } from '@speka/core'

/** Does something now and then, one round behind another, until it is stopped. What a round throws is told, and the next may fare better. */
export class Watch {
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #look: () => Promise<void>
  readonly #onTrouble: (error: unknown) => void
  #cancel: (() => void) | undefined
  #round: Promise<void> | undefined
  #runs = false

  constructor(clock: Clock, everyMs: number, look: () => Promise<void>, onTrouble: (error: unknown) => void) {
    this.#clock = clock
    this.#everyMs = everyMs
    this.#look = look
    this.#onTrouble = onTrouble
  }

  /** From now on, if `wanted`; the first round is a span of time away. */
  run(wanted: boolean): void {
    this.#runs = wanted
    if (!wanted) this.#cancel?.()
    if (!wanted) this.#cancel = undefined
    else if (this.#cancel === undefined && this.#round === undefined) this.#later()
  }

  /** Stops, once the round under way is over. */
  async stop(): Promise<void> {
    this.run(false)
    await this.#round
  }

  #later(): void {
    this.#cancel = this.#clock.after(this.#everyMs, () => {
      this.#cancel = undefined
      this.#round = this.#look()
        .catch(this.#onTrouble)
        .finally(() => {
          this.#round = undefined
          if (this.#runs) this.#later()
        })
    })
  }
}
