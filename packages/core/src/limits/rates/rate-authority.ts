import type { RateKind } from '../limit.ts'
import type { RateCount, RateCounts } from './rate-counts.ts'
import type { RateJournal } from './rate-journal.ts'
import { PARALLEL_WAIT_MS, shareOf, USABLE_MS } from './rate-kinds.ts'

/** What an owner asks for of one rate. */
export interface RateWant {
  readonly kind: RateKind
  readonly place: string
  readonly rate: number
  /** What all its waiting requests need; 0: it only wants to know where the rate stands. */
  readonly wanted: number
  /** What one of them needs: less is of no use. */
  readonly least: number
}

/** Slots, or tokens, that are handed out together. */
export interface Packet {
  readonly id: number
  readonly slots: number
  /** When it was made, by the authority's clock: what it counts by. */
  readonly at: number
}

export interface RateAnswer {
  /** Absent: nothing was wanted, or too little is free. */
  readonly packet?: Packet | undefined
  /** In how many ms the least is free at the earliest; absent: it is there. `null`: never. */
  readonly fullMs?: number | null | undefined
  /** What is left behind that packet, and in how many ms all is there again. */
  readonly remaining: number
  readonly resetMs: number
}

export type RateReturn =
  /** A packet is at its end: so much of it was used. */
  | { readonly said: 'used'; readonly id: number; readonly used: number }
  /** What was used came to more, or to less. */
  | { readonly said: 'corrected'; readonly want: RateWant; readonly at: number; readonly by: number }
  /** Requests are no longer under way. */
  | { readonly said: 'ended'; readonly place: string; readonly ended: number }

/** How owners reach the authority. What is sent to it arrives in order. */
export interface RateLine {
  /** Rejects when it cannot be reached. As many answers as there are wants. */
  ask(wants: readonly RateWant[]): Promise<readonly RateAnswer[]>
  tell(returned: readonly RateReturn[]): void
}

export interface RateAuthorityOptions {
  /** Made with `BEYOND_MS`: what it hands out is used a moment later. */
  readonly counts: RateCounts
  /** Monotonic, in ms. */
  readonly now: () => number
  /** Default: what is handed out ends with the process. */
  readonly journal?: RateJournal | undefined
}

/** How long the authority remembers a packet that nobody has handed back, in ms: later it counts as used. */
const REMEMBERED_MS = 2000

/** Hands out the slots of all rates. Every owner asks the same one. */
export class RateAuthority {
  readonly #counts: RateCounts
  readonly #now: () => number
  readonly #journal: RateJournal | undefined
  #lastId = 0
  readonly #packets = new Map<number, Handed>()
  /** How many requests each owner has under way, by place. */
  readonly #underWay = new Map<number, Map<string, number>>()

  constructor({ counts, now, journal }: RateAuthorityOptions) {
    this.#counts = counts
    this.#now = now
    this.#journal = journal
  }

  answer(owner: number, wants: readonly RateWant[]): RateAnswer[] {
    const now = this.#now()
    this.#counts.tidy(now)
    this.#forgetPackets(now)
    return wants.map((want) => this.#answerOne(owner, want, now))
  }

  hear(owner: number, returned: readonly RateReturn[]): void {
    for (const one of returned) {
      if (one.said === 'ended') this.#end(owner, one.place, one.ended)
      else if (one.said === 'used') this.#takeBackUnused(one.id, one.used)
      else this.#correct(one.want, one.at, one.by)
    }
  }

  /** An owner has ended: nothing of it is under way any more. What it had not handed back counts as used. */
  forget(owner: number): void {
    for (const [place, underWay] of this.#underWay.get(owner) ?? []) this.#end(owner, place, underWay)
    this.#underWay.delete(owner)
  }

  #answerOne(owner: number, want: RateWant, now: number): RateAnswer {
    const { kind, place, rate, wanted, least } = want
    const count = this.#counts.of(kind, place)
    if (wanted === 0) return count.standing(rate, now)
    const free = count.free(rate, now)
    if (free < least) return { fullMs: fullMs(want, count, now), ...count.standing(rate, now) }
    const slots = Math.min(free, Math.max(wanted, shareOf(kind, rate)))
    const id = (this.#lastId += 1)
    count.count(rate, now, slots)
    if (kind === 'max_parallel') {
      const ofOwner = this.#underWay.get(owner) ?? new Map<string, number>()
      this.#underWay.set(owner, ofOwner.set(place, (ofOwner.get(place) ?? 0) + slots))
    } else {
      // Written down before anybody can use it, by the moment at which it is used at the latest.
      this.#journal?.write({ kind, place, at: now + USABLE_MS, amount: slots })
      this.#packets.set(id, { kind, place, at: now, slots })
    }
    return { packet: { id, slots, at: now }, ...count.standing(rate, now) }
  }

  #end(owner: number, place: string, ended: number): void {
    const ofOwner = this.#underWay.get(owner)
    const underWay = ofOwner?.get(place) ?? 0
    if (ofOwner === undefined || underWay === 0) return
    const left = Math.max(0, underWay - ended)
    if (left === 0) ofOwner.delete(place)
    else ofOwner.set(place, left)
    this.#counts.of('max_parallel', place).takeBack(0, underWay - left)
  }

  #takeBackUnused(id: number, used: number): void {
    const handed = this.#packets.get(id)
    // Said twice, or so late that it counts as used.
    if (handed === undefined || used >= handed.slots) return
    this.#packets.delete(id)
    const { kind, place, at, slots } = handed
    this.#takeBack(kind, place, at, slots - used)
  }

  #correct({ kind, place, rate }: RateWant, at: number, by: number): void {
    if (by < 0) {
      this.#takeBack(kind, place, at, -by)
      return
    }
    const now = this.#now()
    this.#counts.of(kind, place).count(rate, now, by)
    this.#journal?.note({ kind, place, at: now, amount: by })
  }

  #takeBack(kind: RateKind, place: string, at: number, amount: number): void {
    this.#counts.of(kind, place).takeBack(at, amount)
    this.#journal?.note({ kind, place, at: at + USABLE_MS, amount: -amount })
  }

  #forgetPackets(now: number): void {
    for (const [id, { at }] of this.#packets) {
      if (at + REMEMBERED_MS > now) return
      this.#packets.delete(id)
    }
  }
}

interface Handed {
  readonly kind: RateKind
  readonly place: string
  readonly at: number
  readonly slots: number
}

function fullMs({ kind, rate, least }: RateWant, count: RateCount, now: number): number | null {
  if (kind === 'max_parallel') return PARALLEL_WAIT_MS
  const ms = count.msUntilFree(rate, least, now)
  // JSON has no other word for never.
  return ms === Infinity ? null : ms
}
