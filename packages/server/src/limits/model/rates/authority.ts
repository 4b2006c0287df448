import { BUCKET_MS, COUNTED_MS, EXACT_RPM, ONE_BY_ONE_RPM, USABLE_MS, WINDOW_MS, type RateRules } from './rate-rules.ts'

/** Slots handed out together. */
export interface Packet {
  readonly id: number
  readonly slots: number
}

export type Handed =
  | { readonly kind: 'packet'; readonly packet: Packet }
  /** Nothing is free for so many milliseconds. */
  | { readonly kind: 'full'; readonly for: number }

interface Counted {
  readonly id: number
  /** From when on it counts: when it was made, or the end of its bucket. */
  readonly at: number
  slots: number
}

/** What an authority has written down. It outlives processes, and what of it was not synced is gone with the power. */
export interface RateBooks {
  boot: number
  packets: readonly Counted[]
  lastId: number
}

export const emptyBooks = (boot: number): RateBooks => ({ boot, packets: [], lastId: 0 })

/** When the machine was started, and how often that has happened. */
export interface Boot {
  readonly id: number
  readonly at: number
}

/** Hands out the slots of one rate. Every owner asks the same authority. */
export class Authority {
  readonly #rpm: number
  readonly #books: RateBooks
  readonly #now: () => number
  readonly #rules: RateRules

  constructor(rpm: number, books: RateBooks, boot: Boot, now: () => number, rules: RateRules) {
    this.#rpm = rpm
    this.#books = books
    this.#now = now
    this.#rules = rules
    if (books.boot === boot.id) return
    books.boot = boot.id
    if (rules['another-boot-is-full']) books.packets = [{ id: 0, at: boot.at, slots: rpm }]
  }

  /** @param wanted - How many requests wait where the question comes from. */
  hand(wanted: number): Handed {
    const now = this.#now()
    const counted = this.#books.packets.filter(({ at, slots }) => at + this.#span > now && slots > 0)
    const free = this.#rpm - counted.reduce((sum, { slots }) => sum + slots, 0)
    if (free <= 0) return { kind: 'full', for: Math.min(...counted.map(({ at }) => at + this.#span - now)) }
    const share = Math.ceil((this.#rpm * USABLE_MS) / WINDOW_MS)
    const slots = this.#rpm <= ONE_BY_ONE_RPM ? 1 : Math.min(free, Math.max(wanted, share))
    const id = ++this.#books.lastId
    const at = this.#rpm <= EXACT_RPM ? now : Math.ceil(now / BUCKET_MS) * BUCKET_MS
    // Written down before anybody can use it.
    this.#books.packets = [...counted, { id, at, slots }]
    return { kind: 'packet', packet: { id, slots } }
  }

  /** A packet is at its end: what was not used of it is free again. */
  handBack({ id, slots }: Packet, used: number): void {
    const packet = this.#books.packets.find((one) => one.id === id)
    if (packet === undefined || !this.#rules['unused-is-handed-back']) return
    packet.slots = this.#rules['handing-back-says-what-was-used']
      ? Math.min(packet.slots, used)
      : packet.slots - (slots - used)
  }

  get #span(): number {
    return this.#rules['counted-beyond-the-window'] ? COUNTED_MS : WINDOW_MS
  }
}
