/** `closed`: requests flow. `open`: none should go. `half_open`: one may go, to find out. */
export type BreakerState = 'closed' | 'open' | 'half_open'

/** Failures in a row that open it. */
const FAILURES_IN_A_ROW = 5
/** Among the latest outcomes, this share of failures opens it as well: an outlier fails often, not always. */
const WINDOW = 20
const MOST_FAILURES = WINDOW / 2
/** How long it stays open at first, doubling while probes fail, in ms. */
const FIRST_REST_MS = 2000
const LONGEST_REST_MS = 8000
/** A probe that has told nothing for this long is given up on, in ms. */
const PROBE_MS = 60_000
/** The longest that an upstream's own wish keeps a target out, in ms. */
const LONGEST_COOLDOWN_MS = 60_000
/** The longest that what others say of a target counts, in ms. */
const LONGEST_WARNING_MS = 60_000

/**
 * Keeps requests away from a target that fails. Times are monotonic, in ms, and handed in. It opens after failures in a
 * row, or when half of the latest attempts failed; after a rest it lets one through, and closes when that one succeeds.
 */
export class CircuitBreaker {
  /** The latest outcomes as bits, 1 for a failure, and how many there are. */
  #outcomes = 0
  #known = 0
  #inARow = 0
  #openUntil = -Infinity
  #open = false
  #isDown = false
  #restMs = FIRST_REST_MS
  #probingSince: number | undefined
  #warnedUntil = -Infinity

  state(now: number): BreakerState {
    if (!this.#open) return 'closed'
    if (now < this.#openUntil) return 'open'
    return this.#probingSince !== undefined && now - this.#probingSince < PROBE_MS ? 'open' : 'half_open'
  }

  /** When the next request may go, if none may now. */
  get openUntil(): number {
    return this.#openUntil
  }

  /** Whether some of the latest attempts have failed. */
  get isSuspect(): boolean {
    return this.#open || this.#inARow > 0
  }

  /** Whether it opened since attempts failed, rather than because the upstream wants to be left alone, and none has succeeded since. */
  get isDown(): boolean {
    return this.#isDown
  }

  /** An attempt begins. */
  begin(now: number): void {
    if (this.state(now) === 'half_open') this.#probingSince = now
  }

  succeed(): void {
    this.#probingSince = undefined
    this.#inARow = 0
    this.#warnedUntil = -Infinity
    if (this.#open) {
      this.#open = false
      this.#isDown = false
      this.#outcomes = 0
      this.#known = 0
      this.#restMs = FIRST_REST_MS
      return
    }
    this.#note(0)
  }

  fail(now: number): void {
    if (this.#open) {
      // Attempts that began before it opened tell nothing new; the probe does.
      if (this.#probingSince === undefined) return
      this.#restMs = Math.min(this.#restMs * 2, LONGEST_REST_MS)
      this.#rest(now, this.#restMs)
      return
    }
    this.#inARow += 1
    this.#note(1)
    const failures = bitCount(this.#outcomes)
    const enough = now < this.#warnedUntil ? 1 : FAILURES_IN_A_ROW
    if (this.#inARow >= enough || (this.#known === WINDOW && failures >= MOST_FAILURES)) {
      this.#rest(now, this.#restMs)
    }
  }

  /** The upstream wants to be left alone for a while: it is, up to a minute. An earlier, longer wish stands. */
  coolDown(now: number, ms: number): void {
    const until = now + Math.min(ms, LONGEST_COOLDOWN_MS)
    this.#probingSince = undefined
    this.#openUntil = this.#open ? Math.max(this.#openUntil, until) : until
    this.#open = true
  }

  /**
   * Somebody else has found it failing: for so long, a minute at the most, one failure is enough to open. It does not open by that, since
   * what fails may be their network; a success here shows that it is, and ends it.
   */
  warn(now: number, ms: number): void {
    this.#warnedUntil = Math.max(this.#warnedUntil, now + Math.min(ms, LONGEST_WARNING_MS))
  }

  /** The attempt told nothing about the target: its caller left, or was at fault. */
  forget(): void {
    this.#probingSince = undefined
  }

  #rest(now: number, ms: number): void {
    this.#open = true
    this.#isDown = true
    this.#probingSince = undefined
    this.#openUntil = now + ms
  }

  #note(failed: 0 | 1): void {
    this.#outcomes = ((this.#outcomes << 1) | failed) & ((1 << WINDOW) - 1)
    if (this.#known < WINDOW) this.#known += 1
  }
}

function bitCount(bits: number): number {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1
  return count
}
