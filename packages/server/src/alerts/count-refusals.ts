import type { Call, Clock } from '@speka/core'
import { rateCounting, tellSubject, type AppliedLimit } from '@speka/core/internal'
import { Watch } from './watch.ts'
import type { Refusals, Refused } from '../store/refusals.ts'

/** How often what was counted is written, in ms: so much of it a crash forgets. */
export const WRITE_MS = 5000
const MINUTE_MS = 60_000
/** How many counts wait at the most while they cannot be written: others of that time are forgotten. */
const MOST_WAITING = 50_000

export interface CountRefusalsParts {
  readonly refusals: Pick<Refusals, 'count'>
  readonly clock: Clock
  /** Told why counts cannot be written, once until they can again. They are kept, and tried again. */
  readonly onTrouble: (error: unknown) => void
}

/** Counts what limits refuse, by key, limit and minute. It is written in batches, which nobody waits for. */
export class CountRefusals {
  readonly #refusals: CountRefusalsParts['refusals']
  readonly #watch: Watch
  #waiting = new Map<string, Counting>()
  #isTroubled = false
  readonly #failed: (error: unknown) => void

  constructor({ refusals, clock, onTrouble }: CountRefusalsParts) {
    this.#refusals = refusals
    this.#failed = (error) => {
      if (!this.#isTroubled) onTrouble(error)
      this.#isTroubled = true
    }
    this.#watch = new Watch(clock, WRITE_MS, () => this.#write(), this.#failed)
    this.#watch.run(true)
  }

  /** A request was refused. What nobody has a key for is not counted. */
  count({ subjects, receivedAt }: Call, { limit }: AppliedLimit): void {
    if (subjects === undefined) return
    const minute = receivedAt - (receivedAt % MINUTE_MS)
    const { rule } = limit
    this.#add({
      minute,
      account: subjects.account,
      keyId: subjects.id,
      limitId: limit.id,
      subject: tellSubject(limit.subject),
      kind: rule.kind,
      window: rule.kind === 'usd' ? rule.window : rateCounting[rule.kind].window,
      refused: 1,
    })
  }

  /** Writes what is left, and stops. What cannot be written then is forgotten. */
  async close(): Promise<void> {
    await this.#watch.stop()
    await this.#write().catch(this.#failed)
  }

  async #write(): Promise<void> {
    const counted = this.#waiting
    if (counted.size === 0) return
    this.#waiting = new Map()
    try {
      await this.#refusals.count([...counted.values()])
      this.#isTroubled = false
    } catch (error) {
      for (const one of counted.values()) this.#add(one)
      throw error
    }
  }

  #add(one: Counting): void {
    const place = `${one.minute} ${one.keyId} ${one.limitId}`
    const there = this.#waiting.get(place)
    if (there !== undefined) there.refused += one.refused
    else if (this.#waiting.size < MOST_WAITING) this.#waiting.set(place, one)
  }
}

/** What is counted of one minute. */
type Counting = Omit<Refused, 'refused'> & { refused: number }
