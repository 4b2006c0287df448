import type { Clock } from '../../clock.ts'

/** Something that is good for a time, in ms. */
export interface Lasting<Value> {
  readonly value: Value
  readonly lifetimeMs: number
}

/** So long before its end a value is fetched anew, while the old one still serves: at most, and as a share of its lifetime. */
const EARLY_MS = 300_000
const EARLY_SHARE = 0.2
/** So close to its end a value may be refused on arrival, and is not used any more. */
const LAST_MS = 10_000
/** So long after a failure nobody is asked again. */
const PAUSE_MS = 1000

/** A value that is refused so soon after it was fetched is not to blame, and another would be refused too. */
const NEW_MS = 30_000

interface Held<Value> {
  readonly value: Value
  readonly askedAt: number
  readonly freshUntil: number
  readonly goodUntil: number
}

/** Keeps a credential that expires, and fetches the next one before it does: one flight at a time, however many wait for it. */
export class Expiring<Value> {
  readonly #fetch: () => Promise<Lasting<Value>>
  readonly #clock: Pick<Clock, 'monotonic'>
  #held: Held<Value> | undefined
  #flight: Promise<Value> | undefined
  #failed: { readonly at: number; readonly error: unknown } | undefined

  constructor(fetch: () => Promise<Lasting<Value>>, clock: Pick<Clock, 'monotonic'>) {
    this.#fetch = fetch
    this.#clock = clock
  }

  /** The value itself while it is good; a promise of it while it must be waited for, rejected as the flight was. */
  get(): Value | Promise<Value> {
    const now = this.#clock.monotonic()
    const held = this.#held
    if (held === undefined || now >= held.goodUntil) return this.#next(now)
    if (now >= held.freshUntil) this.#next(now).catch(ignore)
    return held.value
  }

  /** It was refused although it should be good: unless it is new, the next who asks waits for another. */
  forget(): void {
    if (this.#held !== undefined && this.#clock.monotonic() - this.#held.askedAt >= NEW_MS) this.#held = undefined
  }

  #next(now: number): Promise<Value> {
    if (this.#flight !== undefined) return this.#flight
    if (this.#failed !== undefined && now - this.#failed.at < PAUSE_MS) return Promise.reject(this.#failed.error)
    const flight = this.#fetch().then(
      ({ value, lifetimeMs }) => {
        this.#land(lifetimeMs, value, now)
        return value
      },
      (error: unknown) => {
        this.#flight = undefined
        this.#failed = { at: this.#clock.monotonic(), error }
        throw error
      },
    )
    this.#flight = flight
    return flight
  }

  /** Counted from when it was asked for, which is never too late. */
  #land(lifetimeMs: number, value: Value, askedAt: number): void {
    this.#flight = undefined
    this.#failed = undefined
    this.#held = {
      value,
      askedAt,
      freshUntil: askedAt + lifetimeMs - Math.min(EARLY_MS, lifetimeMs * EARLY_SHARE),
      goodUntil: askedAt + Math.max(0, lifetimeMs - LAST_MS),
    }
  }
}

/** The old value serves meanwhile; whoever needs the next one hears of it. */
const ignore = (): void => {}
