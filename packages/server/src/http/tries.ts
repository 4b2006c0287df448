import { SpekaError } from '@speka/core'

/** Of how many at once it is kept in mind how often they have failed: the oldest is forgotten. */
const MOST_KNOWN = 10_000

/** Counts what went wrong, for each who tries, and lets nobody go on who has been wrong too often. In memory. */
export class Tries {
  readonly #most: number
  readonly #windowMs: number
  readonly #now: () => number
  readonly #failures = new Map<string, { count: number; since: number }>()

  /**
   * @param most how often one may be wrong within a window.
   * @param windowMs in ms.
   * @param now in ms since the epoch.
   */
  constructor(most: number, windowMs: number, now: () => number) {
    this.#most = most
    this.#windowMs = windowMs
    this.#now = now
  }

  /** @throws SpekaError `rate_limit_exceeded` when `who` has been wrong too often. */
  demand(who: string): void {
    const failed = this.#failures.get(who)
    if (failed === undefined || failed.count < this.#most) return
    const leftMs = failed.since + this.#windowMs - this.#now()
    if (leftMs <= 0) {
      this.#failures.delete(who)
      return
    }
    throw new SpekaError('rate_limit_exceeded', 'There were too many wrong tries from here. Wait, then try again.', {
      retryAfterMs: leftMs,
    })
  }

  /** Notes that `who` was wrong. */
  fail(who: string): void {
    const failed = this.#failures.get(who)
    if (failed !== undefined && failed.since + this.#windowMs > this.#now()) {
      failed.count += 1
      return
    }
    const [oldest] = this.#failures.keys()
    if (oldest !== undefined && this.#failures.size >= MOST_KNOWN) this.#failures.delete(oldest)
    this.#failures.delete(who)
    this.#failures.set(who, { count: 1, since: this.#now() })
  }
}
