import { SpekaError } from '@speka/core'
import { actorName, type Actor } from '../actor.ts'

/** How many streams may be open at once on a listener. */
export interface StreamBounds {
  /** Of one member, or one token. */
  readonly each: number
  /** Of an account. */
  readonly account: number
  /** Of everybody together: the listener has room for others too. */
  readonly all: number
}

const USUAL: StreamBounds = { each: 10, account: 50, all: 500 }

/** Counts the streams that are open, and refuses one too many. */
export class OpenStreams {
  readonly #bounds: StreamBounds
  readonly #open = new Map<string, number>()

  constructor(bounds: Partial<StreamBounds> = {}) {
    this.#bounds = { ...USUAL, ...bounds }
  }

  /**
   * Takes a place.
   *
   * @returns gives it back.
   * @throws SpekaError `rate_limit_exceeded`
   */
  take(actor: Actor): () => void {
    const { each, account, all } = this.#bounds
    const places = [
      { name: `by ${actorName(actor)}`, most: each, whose: 'yours' },
      ...(actor.kind === 'account' ? [{ name: `of ${actor.account}`, most: account, whose: 'your account’s' }] : []),
      { name: 'all', most: all, whose: 'this listener’s' },
    ]
    for (const { name, most, whose } of places)
      if (this.#count(name) >= most)
        throw new SpekaError(
          'rate_limit_exceeded',
          `${most} live streams are open already, which is the most of ${whose}. Close one, or ask again later.`,
        )
    for (const { name } of places) this.#open.set(name, this.#count(name) + 1)
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      for (const { name } of places) {
        const left = this.#count(name) - 1
        if (left === 0) this.#open.delete(name)
        else this.#open.set(name, left)
      }
    }
  }

  #count(name: string): number {
    return this.#open.get(name) ?? 0
  }
}
