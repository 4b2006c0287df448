import { createHmac, randomUUID } from 'node:crypto'
import type { Clock } from '@speka/core'
import { isRecord, type HealthBook } from '@speka/core/internal'
import { HEALTH_HINTS } from './notices/channels.ts'
import { MOST_NOTICE_BYTES } from './notices/notice-board.ts'
import { jsonIn } from './notices/read-json.ts'
import type { StoreNotices } from './store/store.ts'

/** How often to look for what others should know, in ms: what fails is left alone for longer than that. */
const LOOK_MS = 1000
/** For how long others pass over a key that was refused, in ms: as long as this replica does. */
const REFUSED_MS = 60_000
/** Its faults are asked for. */
const SANDBOX = 'sandbox'

/** What one replica tells the others. Times are counted from when it is heard: clocks of machines differ. */
type Hint =
  | { readonly from: string; readonly forMs: number; readonly provider: string; readonly model: string }
  /** A key by a digest that tells nobody what it is. */
  | { readonly from: string; readonly forMs: number; readonly provider: string; readonly key: string }

export interface SharedHealthParts {
  readonly notices: StoreNotices
  readonly health: HealthBook
  readonly clock: Pick<Clock, 'after' | 'monotonic'>
  /** Whether the configuration in force wants it. */
  readonly isWanted: () => boolean
}

/**
 * Replicas tell each other which targets they leave alone, and which keys of providers were refused. That is a hint, with an end: whoever
 * hears it opens no breaker by it, since what one replica finds failing may be its own network. See decision 43.
 */
export class SharedHealth {
  readonly #parts: SharedHealthParts
  readonly #id = randomUUID()
  /** Until when a target is left alone, or when a key was refused, as it was last told. */
  readonly #told = new Map<string, number>()
  readonly #endListening: () => void
  #cancelLook: () => void

  constructor(parts: SharedHealthParts) {
    this.#parts = parts
    this.#endListening = parts.notices.board.subscribe(HEALTH_HINTS, { heard: (text) => this.#heard(text) })
    this.#cancelLook = parts.clock.after(LOOK_MS, () => this.#look())
  }

  async close(): Promise<void> {
    this.#cancelLook()
    this.#endListening()
  }

  #look(): void {
    this.#cancelLook = this.#parts.clock.after(LOOK_MS, () => this.#look())
    if (!this.#parts.isWanted()) return
    const now = this.#parts.clock.monotonic()
    for (const [place, until] of this.#told) if (until <= now) this.#told.delete(place)
    for (const { provider, upstreamModel: model, health } of this.#parts.health.targets()) {
      if (provider === SANDBOX || health.state(now) !== 'open' || health.openUntil <= now) continue
      this.#tell(`${provider}\n${model}`, health.openUntil, {
        from: this.#id,
        forMs: health.openUntil - now,
        provider,
        model,
      })
    }
    for (const [provider, marks] of this.#parts.health.keys()) {
      for (const [credential, { state, at }] of marks.all()) {
        if (state !== 'refused' || at === undefined || at + REFUSED_MS <= now) continue
        const key = this.#digestOf(credential)
        this.#tell(`${provider}\n\n${key}`, at + REFUSED_MS, {
          from: this.#id,
          forMs: at + REFUSED_MS - now,
          provider,
          key,
        })
      }
    }
  }

  #tell(place: string, until: number, hint: Hint): void {
    if (this.#told.get(place) === until) return
    this.#told.set(place, until)
    const text = JSON.stringify(hint)
    // A model's name that is longer than a notice is one that a stranger made up.
    if (Buffer.byteLength(text) <= MOST_NOTICE_BYTES) void this.#parts.notices.board.publish(HEALTH_HINTS, text)
  }

  #heard(text: string): void {
    const hint = readHint(text)
    if (hint === undefined || hint.from === this.#id || !this.#parts.isWanted()) return
    const { health, clock } = this.#parts
    const now = clock.monotonic()
    if ('model' in hint) return health.find(hint.provider, hint.model)?.warn(now, hint.forMs)
    for (const [provider, marks] of health.keys()) {
      if (provider !== hint.provider) continue
      for (const [credential] of marks.all())
        if (this.#digestOf(credential) === hint.key) marks.passOver(credential, now, hint.forMs)
    }
  }

  #digestOf(credential: string): string {
    return createHmac('sha256', this.#parts.notices.gateway).update(credential).digest('base64url')
  }
}

/** @returns `undefined` for what is none, such as that of a version to come. */
function readHint(text: string): Hint | undefined {
  const read = jsonIn(text)
  if (!isRecord(read)) return undefined
  const { from, forMs, provider, model, key } = read
  if (typeof from !== 'string' || typeof forMs !== 'number' || !(forMs > 0) || typeof provider !== 'string')
    return undefined
  if (typeof model === 'string') return { from, forMs, provider, model }
  return typeof key === 'string' ? { from, forMs, provider, key } : undefined
}
