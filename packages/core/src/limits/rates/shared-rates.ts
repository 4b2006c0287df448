import type { Clock } from '../../clock.ts'
import { SpekaError } from '../../errors.ts'
import type { AppliedRate } from '../limit.ts'
import type { RateRefusal, Rates, RateStanding, Slot } from '../rates.ts'
import { HeldRate } from './held-rate.ts'
import type { RateAnswer, RateLine, RateReturn, RateWant } from './rate-authority.ts'

/** A question without an answer is given up after this, in ms. */
const QUESTION_MS = 1000
/** And a request that has waited for so long. */
const MOST_WAIT_MS = 2000

export interface SharedRatesOptions {
  readonly line: RateLine
  readonly clock: Pick<Clock, 'monotonic' | 'after'>
}

/**
 * The rates of one of several processes, an owner: it admits from what the authority has handed to it, and asks when that is
 * used up. One question is on its way at a time, and carries what all waiting requests need.
 */
export class SharedRates implements Rates {
  readonly #line: RateLine
  readonly #clock: Pick<Clock, 'monotonic' | 'after'>
  readonly #places = new Map<string, HeldRate>()
  #round = this.#places.entries()
  /** The places that have places to spare among those under way. */
  readonly #idle = new Set<string>()
  #waiting: Waiting[] = []
  #question = 0
  #asks = false

  constructor({ line, clock }: SharedRatesOptions) {
    this.#line = line
    this.#clock = clock
  }

  take(rates: readonly AppliedRate[], tokens: number): Slot | RateRefusal | Promise<Slot | RateRefusal> {
    const at = this.#clock.monotonic()
    this.#tidy(at)
    const outcome = this.#attempt(rates, tokens, at)
    if (outcome !== undefined) return outcome
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rates, tokens, since: at, resolve, reject })
      this.#ask()
    })
  }

  async standing(rates: readonly AppliedRate[]): Promise<RateStanding[]> {
    const answers = await this.#line.ask(rates.map((rate) => wantOf(rate, 0)))
    return rates.map((applied, index) => {
      const { remaining = applied.limit.rule.amount, resetMs = 0 } = answers[index] ?? {}
      return { applied, remaining, resetMs }
    })
  }

  known(rates: readonly AppliedRate[]): RateStanding[] {
    const now = this.#clock.monotonic()
    return rates.map((applied) => this.#held(applied).standing(applied, now))
  }

  /** Of how many rates something is known. */
  get size(): number {
    return this.#places.size
  }

  /** A request is over, or never began. */
  end(slot: SharedSlot, tokens: number | undefined, isVoid: boolean): void {
    const now = this.#clock.monotonic()
    const returned: RateReturn[] = []
    for (const [index, rate] of slot.rates.entries()) {
      const held = this.#held(rate)
      const reserved = amountOf(rate, slot.tokens)
      if (rate.limit.rule.kind === 'max_parallel') {
        // Whoever waits for it here has it at once; else it is everybody's.
        if (this.#waiting.length > 0) {
          held.putBack(1)
          this.#idle.add(rate.place)
        } else returned.push({ said: 'ended', place: rate.place, ended: 1 })
        continue
      }
      const used = isVoid ? 0 : rate.limit.rule.kind === 'tpm' ? (tokens ?? reserved) : reserved
      if (used === reserved) continue
      const at = slot.madeAt[index] ?? 0
      if (used < reserved && held.giveBack(at, reserved - used, now)) continue
      returned.push({ said: 'corrected', want: wantOf(rate, 0), at, by: used - reserved })
    }
    if (returned.length > 0) this.#line.tell(returned)
    this.#serve()
  }

  /** All of it from what is there, or a refusal that is known already; `undefined`: the authority has to be asked. */
  #attempt(rates: readonly AppliedRate[], tokens: number, now: number): Slot | RateRefusal | undefined {
    let longest: RateRefusal | undefined
    let lacks = false
    for (const rate of rates) {
      const held = this.#held(rate)
      const amount = amountOf(rate, tokens)
      if (held.has(amount, now)) continue
      lacks = true
      const wait = held.fullFor(rate, amount, now)
      if (wait > (longest?.retryAfterMs ?? 0)) longest = { standing: held.standing(rate, now), retryAfterMs: wait }
    }
    if (longest !== undefined) return longest
    if (lacks) return undefined
    const madeAt = rates.map((rate) => this.#held(rate).use(amountOf(rate, tokens)))
    return new SharedSlot(this, rates, tokens, madeAt)
  }

  /** Answers everybody who can be answered by now, in the order in which they came; asks for the others. */
  #serve(): void {
    const now = this.#clock.monotonic()
    this.#waiting = this.#waiting.filter((one) => {
      const outcome = this.#attempt(one.rates, one.tokens, now)
      if (outcome !== undefined) one.resolve(outcome)
      else if (now - one.since >= MOST_WAIT_MS) one.reject(unanswered())
      else return true
      return false
    })
    this.#returnIdle()
    this.#ask()
  }

  #ask(): void {
    if (this.#asks || this.#waiting.length === 0) return
    this.#asks = true
    const question = (this.#question += 1)
    const sentAt = this.#clock.monotonic()
    const wants = this.#wants(sentAt)
    const giveUp = this.#clock.after(QUESTION_MS, () => this.#fail(question))
    this.#line.ask(wants).then(
      (answers) => {
        giveUp()
        this.#hear(question, sentAt, wants, answers)
      },
      (error: unknown) => {
        giveUp()
        this.#fail(question, error)
      },
    )
  }

  #wants(now: number): RateWant[] {
    const wants = new Map<string, RateWant>()
    for (const { rates, tokens } of this.#waiting) {
      for (const rate of rates) {
        const amount = amountOf(rate, tokens)
        const before = wants.get(rate.place)
        if (before !== undefined)
          wants.set(rate.place, { ...before, wanted: before.wanted + amount, least: Math.min(before.least, amount) })
        else if (!this.#held(rate).has(amount, now)) wants.set(rate.place, wantOf(rate, amount))
      }
    }
    return [...wants.values()]
  }

  #hear(question: number, sentAt: number, wants: readonly RateWant[], answers: readonly RateAnswer[]): void {
    const isLate = question !== this.#question || !this.#asks
    const now = this.#clock.monotonic()
    const returned: RateReturn[] = []
    for (const [index, want] of wants.entries()) {
      const answer = answers[index]
      if (answer === undefined) continue
      const said = isLate ? unusedOf(want, answer) : this.#place(want.place).hear(want, answer, sentAt, now)
      if (said !== undefined) returned.push(said)
      if (want.kind === 'max_parallel') this.#idle.add(want.place)
    }
    if (returned.length > 0) this.#line.tell(returned)
    if (isLate) return
    this.#asks = false
    this.#serve()
    for (const { place } of wants) this.#returnLater(place)
  }

  /** Nobody has answered: those who wait are told so. */
  #fail(question: number, cause?: unknown): void {
    if (question !== this.#question || !this.#asks) return
    this.#asks = false
    for (const { reject } of this.#waiting.splice(0)) reject(unanswered(cause))
  }

  /** What is left of a packet goes back at its end. */
  #returnLater(place: string): void {
    const held = this.#places.get(place)
    const packet = held?.unused
    if (held === undefined || packet === undefined) return
    this.#clock.after(Math.max(0, packet.until - this.#clock.monotonic()), () => {
      const returned = held.end(packet)
      if (returned !== undefined) this.#line.tell([returned])
    })
  }

  /** Places among those under way that nobody here has taken: they were there for who waited. */
  #returnIdle(): void {
    const returned: RateReturn[] = []
    for (const place of this.#idle) {
      const ended = this.#place(place).takeIdle()
      if (ended > 0) returned.push({ said: 'ended', place, ended })
    }
    this.#idle.clear()
    if (returned.length > 0) this.#line.tell(returned)
  }

  #held({ place }: AppliedRate): HeldRate {
    return this.#place(place)
  }

  #place(place: string): HeldRate {
    const known = this.#places.get(place)
    if (known !== undefined) return known
    const made = new HeldRate()
    this.#places.set(place, made)
    return made
  }

  /** Looks at two others, and lets go of what is known of rates that are whole again. */
  #tidy(now: number): void {
    for (let looks = 0; looks < 2; looks += 1) {
      const { value, done } = this.#round.next()
      if (done === true) this.#round = this.#places.entries()
      else if (!value[1].isInUse(now)) this.#places.delete(value[0])
    }
  }
}

interface Waiting {
  readonly rates: readonly AppliedRate[]
  readonly tokens: number
  readonly since: number
  readonly resolve: (outcome: Slot | RateRefusal) => void
  readonly reject: (error: unknown) => void
}

/** A slot of each rate, from packets that the authority has handed out. */
class SharedSlot implements Slot {
  readonly rates: readonly AppliedRate[]
  readonly tokens: number
  /** When the packet of each rate was made. */
  readonly madeAt: readonly number[]
  readonly #owner: SharedRates
  #over = false

  constructor(owner: SharedRates, rates: readonly AppliedRate[], tokens: number, madeAt: readonly number[]) {
    this.#owner = owner
    this.rates = rates
    this.tokens = tokens
    this.madeAt = madeAt
  }

  get standings(): readonly RateStanding[] {
    return this.#owner.known(this.rates)
  }

  done(tokens: number | undefined): void {
    this.#end(tokens, false)
  }

  giveBack(): void {
    this.#end(undefined, true)
  }

  #end(tokens: number | undefined, isVoid: boolean): void {
    if (this.#over) return
    this.#over = true
    this.#owner.end(this, tokens, isVoid)
  }
}

const amountOf = ({ limit }: AppliedRate, tokens: number): number => (limit.rule.kind === 'tpm' ? tokens : 1)

/** Of one request. */
function wantOf({ place, limit }: AppliedRate, wanted: number): RateWant {
  const { kind, amount } = limit.rule
  return { kind, place, rate: amount, wanted, least: wanted }
}

/** An answer that comes too late to be used. */
function unusedOf({ kind, place }: RateWant, { packet }: RateAnswer): RateReturn | undefined {
  if (packet === undefined) return undefined
  if (kind === 'max_parallel') return { said: 'ended', place, ended: packet.slots }
  return { said: 'used', id: packet.id, used: 0 }
}

const unanswered = (cause?: unknown): SpekaError =>
  new SpekaError(
    'limit_unavailable',
    'Whether a rate of this key has room cannot be known: the process that counts it does not answer. Try again.',
    { retryAfterMs: 1000, cause },
  )
