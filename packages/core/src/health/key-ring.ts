import type { Upstream } from '../transport.ts'

/** How long a key that was refused is passed over, in ms. */
const REFUSED_MS = 60_000

/** The operator's keys for one place, which take turns. Times are monotonic, in ms. */
export class KeyRing {
  readonly #upstreams: readonly Upstream[]
  readonly #refusedUntil: number[]
  #turn = 0

  /** @param upstreams one place, once for each key. */
  constructor(upstreams: readonly [Upstream, ...Upstream[]]) {
    this.#upstreams = upstreams
    this.#refusedUntil = upstreams.map(() => -Infinity)
  }

  get size(): number {
    return this.#upstreams.length
  }

  /** Every key, for what must not leave. */
  get credentials(): readonly string[] {
    return this.#upstreams.map(({ credential }) => credential)
  }

  /**
   * The key whose turn it is, among those that were not refused lately; if all were, any.
   *
   * @param spent keys that this request has tried already.
   * @returns `undefined` when it has tried every one.
   */
  next(now: number, spent: ReadonlySet<Upstream>): Upstream | undefined {
    const [only] = this.#upstreams
    if (this.#upstreams.length === 1) return only !== undefined && spent.has(only) ? undefined : only
    let lastResort: Upstream | undefined
    for (let step = 0; step < this.#upstreams.length; step += 1) {
      const at = (this.#turn + step) % this.#upstreams.length
      const upstream = this.#upstreams[at]
      if (upstream === undefined || spent.has(upstream)) continue
      if ((this.#refusedUntil[at] ?? 0) > now) {
        lastResort ??= upstream
        continue
      }
      this.#turn = at + 1
      return upstream
    }
    return lastResort
  }

  /** The key that passes a test; `undefined`: none does. */
  find(isWanted: (credential: string) => boolean): Upstream | undefined {
    return this.#upstreams.find(({ credential }) => isWanted(credential))
  }

  /** Whether there is a key that this request has not tried. */
  hasBeside(spent: ReadonlySet<Upstream>): boolean {
    return this.#upstreams.some((upstream) => !spent.has(upstream))
  }

  /** The upstream does not want this key for now. */
  refuse(upstream: Upstream, now: number): void {
    const at = this.#upstreams.indexOf(upstream)
    if (at !== -1) this.#refusedUntil[at] = now + REFUSED_MS
  }
}
