import type { RateKind } from '../limit.ts'
import { BucketWindow } from './bucket-window.ts'
import type { CountedBefore } from './rate-counter.ts'
import { BEYOND_MS, rateCounting } from './rate-kinds.ts'

/**
 * What one process was handed of rates that are counted elsewhere: enough to count it again where the one that counted is gone. Rather later
 * than sooner: what it tells counts for up to two of its stretches of time longer.
 */
export class OwnUses {
  readonly #places = new Map<string, OwnUse>()
  #round = this.#places.entries()

  /** @param at - By the clock of this process, in ms. */
  add(kind: RateKind, place: string, rate: number, at: number, amount: number): void {
    const use = this.#of(kind, place, rate)
    use.rate = rate
    if (use.window === undefined) use.underWay += amount
    else use.window.add(at, amount)
  }

  takeBack(kind: RateKind, place: string, at: number, amount: number): void {
    const use = this.#places.get(place)
    if (use === undefined || use.kind !== kind) return
    if (use.window === undefined) use.underWay = Math.max(0, use.underWay - amount)
    else use.window.takeBack(at, amount)
  }

  /** How many are under way at a place. */
  underWay(place: string): number {
    return this.#places.get(place)?.underWay ?? 0
  }

  /** All that counts, by its age. */
  report(now: number): CountedBefore[] {
    return [...this.#places].flatMap(([place, { kind, rate, window, underWay }]): CountedBefore[] => {
      if (window === undefined) return underWay > 0 ? [{ kind, place, rate, ageMs: 0, amount: underWay }] : []
      window.counted(now)
      const late = 2 * rateCounting[kind].bucketMs
      return [...window.entries()].map(([at, amount]) => ({
        kind,
        place,
        rate,
        ageMs: Math.max(0, Math.floor(now - at - late)),
        amount,
      }))
    })
  }

  #of(kind: RateKind, place: string, rate: number): OwnUse {
    const known = this.#places.get(place)
    if (known !== undefined) return known
    const { spanMs, bucketMs } = rateCounting[kind]
    const window = spanMs === 0 ? undefined : new BucketWindow(spanMs + BEYOND_MS, bucketMs)
    const made = { kind, rate, window, underWay: 0 }
    this.#places.set(place, made)
    return made
  }

  /** Looks at two others, and lets go of what counts no more. */
  tidy(now: number): void {
    for (let looks = 0; looks < 2; looks += 1) {
      const { value, done } = this.#round.next()
      if (done === true) this.#round = this.#places.entries()
      else if ((value[1].window?.counted(now) ?? value[1].underWay) === 0) this.#places.delete(value[0])
    }
  }
}

interface OwnUse {
  readonly kind: RateKind
  rate: number
  /** `undefined` of what is under way. */
  readonly window: BucketWindow | undefined
  underWay: number
}
