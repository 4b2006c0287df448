import type { RateKind } from '../limit.ts'
import { BucketWindow } from './bucket-window.ts'
import type { CountWindow } from './count-window.ts'
import { EXACT_RATE, rateCounting, USABLE_MS } from './rate-kinds.ts'
import { RingWindow } from './ring-window.ts'

/** What was counted of one rate: enough to count it again. */
export interface CountedEntry {
  readonly kind: RateKind
  readonly place: string
  /** In ms, of the clock that counts. */
  readonly at: number
  /** Below zero: taken back. */
  readonly amount: number
}

export interface RateCountsOptions {
  /** How long what is counted counts beyond its window, in ms. Default: 0. */
  readonly beyondMs?: number | undefined
  /** Until when every minute counts as full, since what was counted in it is not known. Default: it is known. */
  readonly fullUntil?: number | undefined
}

/** What is counted together, by its place. What has been empty for long is let go, so that memory follows use. */
export class RateCounts {
  readonly #beyondMs: number
  readonly #fullUntil: number
  readonly #places = new Map<string, RateCount>()
  /** Goes round them, over all that comes and goes. */
  #round = this.#places.entries()
  #looks = 0
  /** Looks at others that are due, for those that were made. */
  #owed = 0

  constructor({ beyondMs = 0, fullUntil = -Infinity }: RateCountsOptions = {}) {
    this.#beyondMs = beyondMs
    this.#fullUntil = fullUntil
  }

  /** What is counted of a rate; made when it is first asked for. */
  of(kind: RateKind, place: string): RateCount {
    return this.#places.get(place) ?? this.#make(place, kind)
  }

  /**
   * Lets go of some of what is empty: of two for each that was made, so that there are never many more than are in use. Not
   * between a look at a count and its use.
   */
  tidy(now: number): void {
    this.#looks += 1
    if (this.#looks % LOOKS_A_SWEEP === 0) this.#owed += 1
    for (; this.#owed > 0; this.#owed -= 1) this.#sweep(now)
  }

  /** Counts again what another life of this process had counted. */
  restore({ kind, place, at, amount }: CountedEntry): void {
    const count = this.#places.get(place) ?? this.#make(place, kind)
    if (amount > 0) count.add(at, amount)
    else count.takeBack(at, -amount)
  }

  /**
   * All that counts and was added before a moment, place by place, so that it can be written down anew while counting goes
   * on. What was written down ahead of use until then is not: it is written down again when it is needed.
   */
  snapshot(before: number): Iterator<readonly CountedEntry[], void> {
    for (const count of this.#places.values()) {
      count.written = 0
      // What was counted before is in no packet that is written from now on.
      count.writtenAt = Infinity
    }
    return this.#snapshots(before, [...this.#places.keys()])
  }

  *#snapshots(before: number, places: readonly string[]): Generator<readonly CountedEntry[], void> {
    // As late as what is handed out may be used.
    const late = this.#beyondMs > 0 ? USABLE_MS : 0
    for (const place of places) {
      const count = this.#places.get(place)
      if (count !== undefined) yield count.entries(place, before).map((entry) => ({ ...entry, at: entry.at + late }))
    }
  }

  /** How many places there are counts of. */
  get size(): number {
    return this.#places.size
  }

  #make(place: string, kind: RateKind): RateCount {
    this.#owed += 2
    const isMinute = rateCounting[kind].window === 'minute'
    const made = new RateCount(kind, this.#beyondMs, isMinute ? this.#fullUntil : -Infinity)
    this.#places.set(place, made)
    return made
  }

  /** Looks at the next, and after the last again at the first. */
  #sweep(now: number): void {
    const { value, done } = this.#round.next()
    if (done === true) this.#round = this.#places.entries()
    else if (value[1].isEmpty(now)) this.#places.delete(value[0])
  }
}

const LOOKS_A_SWEEP = 64

/** What is counted of one rate: a function of the time handed in. */
export class RateCount {
  readonly #kind: RateKind
  readonly #beyondMs: number
  readonly #fullUntil: number
  #window: CountWindow | undefined
  #lastAt = -Infinity
  /** Of `max_parallel`: how many are under way. */
  #under = 0
  /** What is written down already and not yet counted, and when that was written: of tokens, the first of it in their second. */
  written = 0
  writtenAt = -Infinity

  constructor(kind: RateKind, beyondMs: number, fullUntil: number) {
    this.#kind = kind
    this.#beyondMs = beyondMs
    this.#fullUntil = fullUntil
  }

  /** How much of the rate is free. Below zero when the rate has come down. */
  free(rate: number, now: number): number {
    if (now < this.#fullUntil) return 0
    return rate - this.#counted(now)
  }

  /** In how many ms `amount` is free at the earliest; `Infinity`: never, since that is more than the rate. */
  msUntilFree(rate: number, amount: number, now: number): number {
    if (amount > rate) return Infinity
    const full = Math.max(0, this.#fullUntil - now)
    return Math.max(full, this.#window?.msUntil(rate - amount, now) ?? 0)
  }

  add(at: number, amount: number): void {
    this.#lastAt = Math.max(this.#lastAt, at)
    if (this.#kind === 'max_parallel') this.#under += amount
    else (this.#window ??= this.#open(EXACT_RATE)).add(at, amount)
  }

  /** As `add`, of a rate that may be too high to keep the time of each. */
  count(rate: number, at: number, amount: number): void {
    if (rate > EXACT_RATE && !(this.#window instanceof BucketWindow) && this.#kind !== 'max_parallel') this.#widen()
    this.add(at, amount)
  }

  takeBack(at: number, amount: number): void {
    if (this.#kind === 'max_parallel') this.#under = Math.max(0, this.#under - amount)
    else this.#window?.takeBack(at, amount)
  }

  /** How much of the rate is left, and in how many ms all of it is there again. */
  standing(rate: number, now: number): { readonly remaining: number; readonly resetMs: number } {
    const remaining = Math.max(0, this.free(rate, now))
    if (remaining >= rate || this.#spanMs === 0) return { remaining, resetMs: 0 }
    const together = this.#window instanceof BucketWindow ? rateCounting[this.#kind].bucketMs : 0
    const ends = Math.max(this.#lastAt + together + this.#spanMs, this.#fullUntil)
    return { remaining, resetMs: Math.max(0, ends - now) }
  }

  entries(place: string, before: number): CountedEntry[] {
    const entries = [...(this.#window?.entries() ?? [])].filter(([at]) => at < before)
    return entries.map(([at, amount]) => ({ kind: this.#kind, place, at, amount }))
  }

  isEmpty(now: number): boolean {
    // What is written down and was not used is taken back with what is written next, for as long as it would count after a kill.
    const isOwed = this.written > 0 && now < this.writtenAt + this.#spanMs
    return this.#counted(now) === 0 && now >= this.#fullUntil && !isOwed
  }

  get #spanMs(): number {
    const { spanMs } = rateCounting[this.#kind]
    return spanMs === 0 ? 0 : spanMs + this.#beyondMs
  }

  #counted(now: number): number {
    return this.#window?.counted(now) ?? this.#under
  }

  #open(rate: number): CountWindow {
    const { bucketMs, of } = rateCounting[this.#kind]
    if (of === 'requests' && rate <= EXACT_RATE) return new RingWindow(this.#spanMs)
    return new BucketWindow(this.#spanMs, bucketMs)
  }

  /** The rate is too high, or has been made so, to keep the time of each. */
  #widen(): void {
    const before = this.#window
    this.#window = this.#open(Infinity)
    for (const [at, amount] of before?.entries() ?? []) this.#window.add(at, amount)
  }
}
