import type { Clock } from '../clock.ts'

/**
 * Notices that nothing has happened for a while. Activity only notes the time; the timer looks at it when it goes off and
 * is set again for the rest, so that a busy stream sets one timer per period and not one per event.
 */
export class IdleWatch {
  readonly #clock: Clock
  readonly #expired: () => void
  #limitMs: number
  #last: number
  #cancel: () => void

  constructor(clock: Clock, limitMs: number, expired: () => void) {
    this.#clock = clock
    this.#expired = expired
    this.#limitMs = limitMs
    this.#last = clock.monotonic()
    this.#cancel = clock.after(limitMs, this.#look)
  }

  /** Something happened, now or at the moment given, in ms. */
  touch(at = this.#clock.monotonic()): void {
    this.#last = at
  }

  /** From now on, `limitMs` of silence are too long. */
  restart(limitMs: number): void {
    this.#cancel()
    this.#limitMs = limitMs
    this.#last = this.#clock.monotonic()
    this.#cancel = this.#clock.after(limitMs, this.#look)
  }

  stop(): void {
    this.#cancel()
  }

  readonly #look = (): void => {
    const left = this.#last + this.#limitMs - this.#clock.monotonic()
    if (left <= 0) this.#expired()
    else this.#cancel = this.#clock.after(left, this.#look)
  }
}
