import type { Handed, Packet } from './authority.ts'
import { USABLE_MS, type RateRules } from './rate-rules.ts'

/** The world as it is handed to an owner of a rate. */
export interface RateSurroundings {
  readonly rules: RateRules
  now(): number
  after(ms: number, act: () => void): void
  /** The answer may come late, twice, or never. */
  ask(wanted: number, heard: (handed: Handed) => void): void
  /** May arrive late, twice, or never. */
  handBack(packet: Packet, used: number): void
}

/** What a request was told: `unknown` when the authority does not answer. */
export type RateOutcome = 'admitted' | 'refused' | 'unknown'

type Tell = (outcome: RateOutcome) => void

/** A question without an answer is given up after this. */
const QUESTION_MS = 1000

/** One owner's part in a rate: it admits from the packet it has, and asks when that is used up or too old. */
export class RateOwner {
  readonly #around: RateSurroundings
  #packet: { readonly packet: Packet; used: number; readonly until: number } | undefined
  #waiting: Tell[] = []
  #question = 0
  #asks = false
  #fullUntil = -Infinity

  constructor(around: RateSurroundings) {
    this.#around = around
  }

  admit(tell: Tell): void {
    if (this.#use()) return tell('admitted')
    if (this.#around.now() < this.#fullUntil) return tell('refused')
    this.#waiting.push(tell)
    if (!this.#asks) this.#ask()
  }

  #use(): boolean {
    const one = this.#packet
    if (one === undefined || one.used === one.packet.slots || this.#around.now() >= one.until) return false
    one.used += 1
    return true
  }

  #ask(): void {
    const { now, after, ask } = this.#around
    const question = ++this.#question
    const sentAt = now()
    const heard = new Set<number | undefined>()
    this.#asks = true
    ask(this.#waiting.length, (handed) => {
      // The same answer may come twice; a question that arrived twice has two answers.
      const id = handed.kind === 'packet' ? handed.packet.id : undefined
      if (!heard.has(id)) this.#heard(handed, question, sentAt)
      heard.add(id)
    })
    after(QUESTION_MS, () => {
      if (!this.#asks || this.#question !== question) return
      this.#asks = false
      this.#tellAll('unknown')
    })
  }

  #heard(handed: Handed, question: number, sentAt: number): void {
    const { rules, now, after, handBack } = this.#around
    if (question !== this.#question || !this.#asks) {
      if (handed.kind === 'packet') handBack(handed.packet, 0)
      return
    }
    this.#asks = false
    if (handed.kind === 'full') {
      this.#fullUntil = now() + handed.for
      return this.#tellAll('refused')
    }
    const until = (rules['usable-from-the-question'] ? sentAt : now()) + USABLE_MS
    const packet = { packet: handed.packet, used: 0, until }
    this.#packet = packet
    while (this.#waiting.length > 0 && this.#use()) this.#waiting.shift()?.('admitted')
    after(Math.max(0, until - now()), () => {
      if (packet.used < packet.packet.slots) handBack(packet.packet, packet.used)
    })
    if (this.#waiting.length > 0) this.#ask()
  }

  #tellAll(outcome: RateOutcome): void {
    for (const tell of this.#waiting.splice(0)) tell(outcome)
  }
}
