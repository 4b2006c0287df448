import type { AppliedRate } from '../limit.ts'
import type { RateStanding } from '../rates.ts'
import type { Packet, RateAnswer, RateReturn, RateWant } from './rate-authority.ts'
import { USABLE_MS } from './rate-kinds.ts'

/** For so long a rate that is full is not asked about again, in ms: what others hand back is not missed for longer. */
const FULL_REMEMBERED_MS = 1000
/** Of requests under way, any of which may end at once. */
const BUSY_REMEMBERED_MS = 5

/** A packet in use. */
export interface HeldPacket {
  readonly packet: Packet
  /** By the clock of who holds it. */
  readonly until: number
  used: number
  ended: boolean
}

interface Full {
  readonly rate: number
  readonly least: number
  /** When that was heard. */
  readonly at: number
  readonly until: number
}

/** What an owner has of one rate, and what it has heard of it last. */
export class HeldRate {
  #held: HeldPacket | undefined
  /** Of `max_parallel`: places among those under way that nobody has. */
  #idle = 0
  /** It was full when it was heard of last: for how little, and until when. */
  #full: Full | undefined
  #remaining = Infinity
  #resetAt = -Infinity

  has(amount: number, now: number): boolean {
    if (this.#idle >= amount) return true
    const held = this.#held
    return held !== undefined && held.packet.slots - held.used >= amount && now < held.until
  }

  /** @returns when the packet was made, by which it can be given back. Only what {@link has} is used. */
  use(amount: number): number {
    if (this.#idle >= amount) this.#idle -= amount
    else if (this.#held !== undefined) this.#held.used += amount
    return this.#held?.packet.at ?? 0
  }

  /** Puts back what was used of a packet that may still be used. @returns whether it could. */
  giveBack(at: number, amount: number, now: number): boolean {
    const held = this.#held
    // One that was used up has nobody who hands it back.
    if (held !== this.unused || held === undefined || held.packet.at !== at || now >= held.until) return false
    held.used -= amount
    return true
  }

  /** In how many ms so much may be there, as far as was heard a moment ago; 0: that is not known. */
  fullFor({ limit }: AppliedRate, amount: number, now: number): number {
    const full = this.#full
    if (full === undefined || full.rate !== limit.rule.amount || amount < full.least) return 0
    const isParallel = limit.rule.kind === 'max_parallel'
    const remembered = full.at + (isParallel ? BUSY_REMEMBERED_MS : FULL_REMEMBERED_MS)
    return now >= remembered ? 0 : Math.max(0, full.until - now)
  }

  /** @returns what goes back: of the packet before, or this one. */
  hear(want: RateWant, answer: RateAnswer, sentAt: number, now: number): RateReturn | undefined {
    const { packet, fullMs, remaining, resetMs } = answer
    this.#remaining = remaining
    this.#resetAt = now + resetMs
    const full = fullMs === null ? Infinity : fullMs
    this.#full = full === undefined ? undefined : { rate: want.rate, least: want.least, at: now, until: now + full }
    if (packet === undefined) return undefined
    if (want.kind === 'max_parallel') {
      this.#idle += packet.slots
      return undefined
    }
    const before = this.#held
    const until = sentAt + USABLE_MS
    // So late that nothing of it can be used: it goes back before more is asked for.
    if (now >= until) return { said: 'used', id: packet.id, used: 0 }
    this.#held = { packet, until, used: 0, ended: false }
    return before === undefined ? undefined : this.end(before)
  }

  /** The packet, while it may be used and some of it is left. */
  get unused(): HeldPacket | undefined {
    const held = this.#held
    return held === undefined || held.ended || held.used >= held.packet.slots ? undefined : held
  }

  /** Nothing of a packet is used any more. @returns what to say of it, if anything of it was left. */
  end(held: HeldPacket): RateReturn | undefined {
    if (held.ended) return undefined
    held.ended = true
    if (this.#held === held) this.#held = undefined
    const { id, slots } = held.packet
    return held.used < slots ? { said: 'used', id, used: held.used } : undefined
  }

  /** One of those under way has ended, and its place is for who waits for it here. */
  putBack(places: number): void {
    this.#idle += places
  }

  /** The places that nobody has: they are no longer this owner's. */
  takeIdle(): number {
    const idle = this.#idle
    this.#idle = 0
    return idle
  }

  standing(applied: AppliedRate, now: number): RateStanding {
    const { amount } = applied.limit.rule
    const held = this.unused
    const here = (held === undefined ? 0 : held.packet.slots - held.used) + this.#idle
    const isOld = applied.limit.rule.kind !== 'max_parallel' && now >= this.#resetAt
    const heard = isOld ? amount : this.#remaining
    const remaining = Math.min(amount, heard + here)
    return { applied, remaining, resetMs: Math.max(0, this.#resetAt - now) }
  }

  /** Whether something is known that would be missed. */
  isInUse(now: number): boolean {
    const isHeld = this.#idle > 0 || this.unused !== undefined
    return isHeld || now < this.#resetAt || (this.#full !== undefined && now < this.#full.at + FULL_REMEMBERED_MS)
  }
}
