import { KeyMarks } from './key-marks.ts'
import { TargetHealth } from './target-health.ts'

/** Targets are few; this only keeps ids made up by strangers under a glob from filling the memory. */
const MOST_TARGETS = 10_000

/** A target, and what is known of it. */
export interface KnownTarget {
  readonly provider: string
  readonly upstreamModel: string
  readonly health: TargetHealth
}

/** What is known of every target, by provider and upstream model. It outlives a reload of the configuration. */
export class HealthBook {
  readonly #targets = new Map<string, KnownTarget>()
  readonly #keys = new Map<string, KeyMarks>()
  /** Providers that the operator has taken out, by name: nothing is sent to them. */
  isolated: ReadonlySet<string> = new Set()

  /** Takes these providers out, and lets all others in again. What is under way with one goes on. */
  isolate(providers: Iterable<string>): void {
    this.isolated = new Set(providers)
  }

  of(provider: string, upstreamModel: string): TargetHealth {
    const place = placeOf(provider, upstreamModel)
    const known = this.#targets.get(place)
    if (known !== undefined) return known.health
    if (this.#targets.size >= MOST_TARGETS) this.#forgetOldest()
    const health = new TargetHealth()
    this.#targets.set(place, { provider, upstreamModel, health })
    return health
  }

  /** What is known of a target that has been met; `undefined`: it has not. */
  find(provider: string, upstreamModel: string): TargetHealth | undefined {
    return this.#targets.get(placeOf(provider, upstreamModel))?.health
  }

  /** Every target that is known of. */
  targets(): Iterable<KnownTarget> {
    return this.#targets.values()
  }

  /** What is known of a provider's keys. */
  keysOf(provider: string): KeyMarks {
    const known = this.#keys.get(provider)
    if (known !== undefined) return known
    const made = new KeyMarks()
    this.#keys.set(provider, made)
    return made
  }

  /** The keys that are known of, by their providers. */
  keys(): Iterable<readonly [provider: string, marks: KeyMarks]> {
    return this.#keys.entries()
  }

  /** Whoever is in a routing table keeps its health: what is forgotten is only where to find it again. */
  #forgetOldest(): void {
    const [oldest] = this.#targets.keys()
    if (oldest !== undefined) this.#targets.delete(oldest)
  }
}

const placeOf = (provider: string, upstreamModel: string): string => `${provider}\n${upstreamModel}`
