import type { AppliedRate } from './limit.ts'

/** Where a rate stands, as `x-ratelimit-*` tells it. */
export interface RateStanding {
  readonly applied: AppliedRate
  readonly remaining: number
  /** Until all of it is there again, in ms from now. */
  readonly resetMs: number
}

/** A place in each rate of a request. It ends once, by `done` or by `giveBack`. */
export interface Slot {
  /** One for each rate asked for. */
  readonly standings: readonly RateStanding[]
  /** The request is over. Frees its place among those under way, and corrects tokens to what they were. */
  done(tokens: number | undefined): void
  /** The request never began: nothing of it counts. */
  giveBack(): void
}

export interface RateRefusal {
  readonly standing: RateStanding
  /**
   * When the request may be admitted at the earliest, in ms from now; of `max_parallel`, a guess. `Infinity`: never, since
   * it asks for more tokens than there are in a window.
   */
  readonly retryAfterMs: number
}

/** Admits requests by rate: all rates of a request, or none. At once, unless an authority in another process must be asked. */
export interface Rates {
  /** @param tokens what the request may come to, for `tpm`. */
  take(rates: readonly AppliedRate[], tokens: number): Slot | RateRefusal | Promise<Slot | RateRefusal>
  /** Where rates stand, taking nothing. */
  standing(rates: readonly AppliedRate[]): readonly RateStanding[] | Promise<readonly RateStanding[]>
  /** The same as far as this process has heard, at once: what headers tell. */
  known(rates: readonly AppliedRate[]): readonly RateStanding[]
}
