import { priceAt } from '../pricing/price-at.ts'
import type { Call } from '../operations/call.ts'
import { sessionOf } from '../operations/named-by-caller.ts'
import { mayReadCacheForLess } from './dearest-row.ts'
import type { Target } from './target.ts'

/** Sessions that are remembered at once: the oldest is forgotten for a new one. */
const MOST_SESSIONS = 10_000

interface Session {
  readonly place: string
  readonly until: number
}

/**
 * Which target answered a session last. A provider keeps the beginning of a conversation in its cache, where reading it
 * again is cheaper; elsewhere it would be paid in full.
 */
export class StickySessions {
  readonly #ttlMs: number
  /** In the order of their last use. */
  readonly #sessions = new Map<string, Session>()

  /** @param ttlMs how long a session is remembered after its last use. */
  constructor(ttlMs: number) {
    this.#ttlMs = ttlMs
  }

  /** @param now monotonic, in ms. */
  find(session: string, now: number): string | undefined {
    const known = this.#sessions.get(session)
    return known === undefined || known.until <= now ? undefined : known.place
  }

  remember(session: string, place: string, now: number): void {
    this.#sessions.delete(session)
    this.#sessions.set(session, { place, until: now + this.#ttlMs })
    if (this.#sessions.size <= MOST_SESSIONS) return
    const [oldest] = this.#sessions.keys()
    if (oldest !== undefined) this.#sessions.delete(oldest)
  }
}

/** Names the session of a call, apart from those of other keys and models; `undefined`: it belongs to none. */
export function sessionKeyOf(call: Call): string | undefined {
  const session = sessionOf(call)
  return session === undefined ? undefined : `${call.keyId ?? ''}\n${call.outline.model}\n${session}`
}

/** Whether a prompt that a target has seen before may cost less there. */
export function readsCacheForLess({ entry, costs = [] }: Target, call: Call): boolean {
  const { receivedAt } = call
  return [priceAt(costs, receivedAt), priceAt(entry.prices, receivedAt)].some(
    (price) => price !== undefined && mayReadCacheForLess(price, call),
  )
}
