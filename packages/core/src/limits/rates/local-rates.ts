import type { AppliedRate } from '../limit.ts'
import type { RateRefusal, Rates, RateStanding, Slot } from '../rates.ts'
import type { RateCount, RateCounts } from './rate-counts.ts'
import type { RateJournal } from './rate-journal.ts'
import { EXACT_RATE, PARALLEL_WAIT_MS, rateCounting, shareOf, USABLE_MS } from './rate-kinds.ts'

export interface LocalRatesOptions {
  readonly counts: RateCounts
  /** Monotonic, in ms. */
  readonly now: () => number
  /** Default: what is counted ends with the process. */
  readonly journal?: RateJournal | undefined
}

/** The rates of a process on its own: it counts them itself, and answers at once. */
export class LocalRates implements Rates {
  readonly #counts: RateCounts
  readonly #now: () => number
  readonly #journal: RateJournal | undefined
  #lastNow = -Infinity
  /** Used for each request anew, so that none has to be made. */
  readonly #found: RateCount[] = []

  constructor({ counts, now, journal }: LocalRatesOptions) {
    this.#counts = counts
    this.#now = now
    this.#journal = journal
  }

  take(rates: readonly AppliedRate[], tokens: number): Slot | RateRefusal {
    const now = this.now()
    this.#counts.tidy(now)
    const found = this.#found
    let full: AppliedRate | undefined
    let longest = -Infinity
    let index = 0
    for (const rate of rates) {
      const { kind, amount } = rate.limit.rule
      const wanted = kind === 'tpm' ? tokens : 1
      const count = this.#counts.of(kind, rate.place)
      found[index] = count
      index += 1
      if (count.free(amount, now) >= wanted) continue
      const wait = waitFor(rate, count, wanted, now)
      if (wait <= longest) continue
      longest = wait
      full = rate
    }
    if (full !== undefined) {
      return { standing: this.#standing(full, now), retryAfterMs: longest }
    }
    index = 0
    for (const rate of rates) {
      const { kind, amount } = rate.limit.rule
      const count = found[index]
      index += 1
      if (count === undefined) continue
      const wanted = kind === 'tpm' ? tokens : 1
      if (this.#journal !== undefined) this.#writeDown(this.#journal, rate, count, wanted, now)
      count.count(amount, now, wanted)
    }
    return new LocalSlot(this, rates, now, tokens)
  }

  standing(rates: readonly AppliedRate[]): RateStanding[] {
    const now = this.now()
    return rates.map((rate) => this.#standing(rate, now))
  }

  known(rates: readonly AppliedRate[]): RateStanding[] {
    return this.standing(rates)
  }

  /** Never goes back, whatever the clock does. */
  now(): number {
    return (this.#lastNow = Math.max(this.#lastNow, this.#now()))
  }

  /** Takes back what a slot counted: all of it, or what its request turned out not to need. */
  end(rates: readonly AppliedRate[], at: number, tokens: number, used: number | undefined, isVoid: boolean): void {
    for (const rate of rates) {
      const { kind, amount } = rate.limit.rule
      const count = this.#counts.of(kind, rate.place)
      if (kind === 'max_parallel') count.takeBack(at, 1)
      else if (kind === 'tpm') this.#correct(rate, count, at, tokens, isVoid ? 0 : (used ?? tokens))
      else if (isVoid) {
        count.takeBack(at, 1)
        // What is written down and not counted is there for the next.
        if (amount <= EXACT_RATE) this.#journal?.note({ kind, place: rate.place, at, amount: -1 })
        else if (count.writtenAt <= at) count.written += 1
      }
    }
  }

  #standing(applied: AppliedRate, now: number): RateStanding {
    const { kind, amount } = applied.limit.rule
    const { remaining, resetMs } = this.#counts.of(kind, applied.place).standing(amount, now)
    return { applied, remaining, resetMs }
  }

  /** Tokens beyond the estimate count from when they are known of: until then nobody was held back by them. */
  #correct(rate: AppliedRate, count: RateCount, at: number, reserved: number, used: number): void {
    const { kind, amount } = rate.limit.rule
    if (used === reserved) return
    if (used > reserved) {
      const now = this.now()
      if (this.#journal !== undefined) this.#writeDown(this.#journal, rate, count, used - reserved, now)
      count.count(amount, now, used - reserved)
      return
    }
    count.takeBack(at, reserved - used)
    if (this.#journal === undefined) return
    // What is written down and not counted is there for the next.
    if (at > count.writtenAt && secondOf(at) === secondOf(count.writtenAt)) count.written += reserved - used
    else this.#journal.note({ kind, place: rate.place, at, amount: used - reserved })
  }

  /** Above {@link EXACT_RATE} what is likely to be used within the next moment is written down in one go. */
  #writeDown(journal: RateJournal, rate: AppliedRate, count: RateCount, wanted: number, now: number): void {
    const { place } = rate
    const { kind, amount } = rate.limit.rule
    if (kind === 'max_parallel') return
    if (kind === 'tpm') {
      this.#writeTokens(journal, rate, count, wanted, now)
      return
    }
    if (amount <= EXACT_RATE) {
      journal.write({ kind, place, at: now, amount: wanted })
      return
    }
    if (count.written >= wanted && now < count.writtenAt + USABLE_MS) {
      count.written -= wanted
      return
    }
    if (count.written > 0) journal.note({ kind, place, at: count.writtenAt + USABLE_MS, amount: -count.written })
    const together = shareOf(kind, amount)
    journal.write({ kind, place, at: now + USABLE_MS, amount: together })
    count.written = together - wanted
    count.writtenAt = now
  }

  /** What tokens are likely to be used within the same second, in which they count together, is written down in one go. */
  #writeTokens(journal: RateJournal, rate: AppliedRate, count: RateCount, wanted: number, now: number): void {
    const { place } = rate
    const { kind, amount } = rate.limit.rule
    const isSameSecond = secondOf(count.writtenAt) === secondOf(now)
    if (isSameSecond && count.written >= wanted) {
      count.written -= wanted
      return
    }
    const left = isSameSecond ? count.written : 0
    if (count.written > left) journal.note({ kind, place, at: count.writtenAt, amount: -count.written })
    const together = Math.max(wanted - left, shareOf(kind, amount))
    journal.write({ kind, place, at: now, amount: together })
    count.written = left + together - wanted
    // Since the first of them whatever was counted in this second is written down, and is there for the next once it is free.
    if (!isSameSecond) count.writtenAt = now
  }
}

/** The second in which tokens count together. */
const secondOf = (at: number): number => Math.floor(at / rateCounting.tpm.bucketMs)

function waitFor({ limit: { rule } }: AppliedRate, count: RateCount, wanted: number, now: number): number {
  if (rule.kind === 'max_parallel') return PARALLEL_WAIT_MS
  return count.msUntilFree(rule.amount, wanted, now)
}

class LocalSlot implements Slot {
  readonly #owner: LocalRates
  readonly #rates: readonly AppliedRate[]
  readonly #at: number
  readonly #tokens: number
  #over = false

  constructor(owner: LocalRates, rates: readonly AppliedRate[], at: number, tokens: number) {
    this.#owner = owner
    this.#rates = rates
    this.#at = at
    this.#tokens = tokens
  }

  get standings(): readonly RateStanding[] {
    return this.#owner.standing(this.#rates)
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
    this.#owner.end(this.#rates, this.#at, this.#tokens, tokens, isVoid)
  }
}
