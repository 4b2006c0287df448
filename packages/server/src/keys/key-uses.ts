import type { KeyUse, Registry } from '../store/registry.ts'

/** How long at least between two notes, in ms. */
const NOTE_MS = 60_000
/** How many uses go into one note: it must not keep those waiting who record requests. */
const MOST_AT_ONCE = 500

/** A key of which it is known when it was last used, in ms since the epoch; 0: never that anybody has seen. */
export interface Used {
  readonly record: { readonly id: string }
  usedAt: number
}

/** Notes when keys were last used: a little at a time, once a minute at most, and nobody waits for it. */
export class KeyUses {
  readonly #registry: Pick<Registry, 'noteUses'>
  /** Of keys that are forgotten, and then of all, until they are noted. */
  readonly #gathered: KeyUse[] = []
  #waiting: KeyUse[] = []
  #gatherAt: number
  #noting = false
  /** When {@link tick} has something to do next, on the clock that this was made with. */
  dueAt: number

  /** @param monotonic in ms. */
  constructor(registry: Pick<Registry, 'noteUses'>, monotonic: number) {
    this.#registry = registry
    this.#gatherAt = monotonic + NOTE_MS
    this.dueAt = this.#gatherAt
  }

  /** A key that is about to be forgotten here. */
  forgotten(key: Used): void {
    if (key.usedAt === 0) return
    this.used(key.record.id, key.usedAt)
    key.usedAt = 0
  }

  /** A key that is not remembered here was used, in ms since the epoch. */
  used(id: string, at: number): void {
    this.#gathered.push({ id, at })
  }

  /** To be called now and then from {@link dueAt} on: gathers what was used when it is time for it, and notes some of it. */
  tick(keys: Iterable<Used>, monotonic: number): void {
    if (monotonic >= this.#gatherAt) {
      this.#gatherAt = monotonic + NOTE_MS
      for (const key of keys) this.forgotten(key)
      this.#waiting.push(...this.#gathered.splice(0))
    }
    if (this.#waiting.length > 0 && !this.#noting) void this.#note()
    this.dueAt = this.#waiting.length > 0 ? monotonic : this.#gatherAt
  }

  /** Notes all there is. What the store does not take is lost. */
  async close(keys: Iterable<Used>): Promise<void> {
    for (const key of keys) this.forgotten(key)
    const left = [...this.#waiting.splice(0), ...this.#gathered.splice(0)]
    if (left.length > 0) await this.#registry.noteUses(left).catch(() => {})
  }

  async #note(): Promise<void> {
    this.#noting = true
    const some = this.#waiting.splice(0, MOST_AT_ONCE)
    try {
      await this.#registry.noteUses(some)
    } catch {
      // A store in trouble is told of elsewhere, and a later use will do as well.
    } finally {
      this.#noting = false
    }
  }
}
