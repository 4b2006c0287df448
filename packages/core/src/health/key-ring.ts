import type { Upstream } from '../transport.ts'
import { KeyMarks, type KeyMark } from './key-marks.ts'

/** How long a key that was refused is passed over, in ms. */
const REFUSED_MS = 60_000

/** The operator's keys for one place, which take turns. Times are monotonic, in ms. */
export class KeyRing {
  readonly #upstreams: readonly Upstream[]
  readonly #refusedUntil: number[]
  readonly #marks: readonly KeyMark[]
  readonly #provider: KeyMarks
  #turn = 0

  /**
   * @param upstreams one place, once for each key.
   * @param marks what is known of the provider's keys, wherever they are used. Default: nothing.
   */
  constructor(upstreams: readonly [Upstream, ...Upstream[]], marks = new KeyMarks()) {
    this.#upstreams = upstreams
    this.#refusedUntil = upstreams.map(() => -Infinity)
    this.#provider = marks
    this.#marks = upstreams.map(({ credential }) => marks.of(credential))
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
      if ((this.#refusedUntil[at] ?? 0) > now || this.#provider.isPassedOver(upstream.credential, now)) {
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
    if (at === -1) return
    this.#refusedUntil[at] = now + REFUSED_MS
    this.#mark(at, 'refused', now)
  }

  /** The upstream has answered to this key. */
  accept(upstream: Upstream, now: number): void {
    this.#mark(this.#upstreams.length === 1 ? 0 : this.#upstreams.indexOf(upstream), 'works', now)
  }

  #mark(at: number, state: KeyMark['state'], now: number): void {
    const mark = this.#marks[at]
    if (mark === undefined) return
    mark.state = state
    mark.at = now
  }
}
