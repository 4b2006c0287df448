import type { Clock } from './clock.ts'

/** No timer is set for longer, in ms: what arrives meanwhile is heard in between. */
const STEP_MS = 100
/** A process that runs this much late is busy; one that is later than that has been stopped, in ms. */
const BUSY_MS = 1000
/** Sums of times are not exact: what is left of a wait and shorter than this is over, in ms. */
const NOTHING_MS = 0.001

interface Timer {
  readonly due: number
  readonly run: () => void
}

/**
 * Time as a busy process has it: while it waits for others, the time in which it did not come to hear them does not count, so that
 * they are not taken for silent. Time in which it was stopped counts in full.
 */
export class PatientClock implements Clock {
  readonly #clock: Clock
  readonly #timers = new Set<Timer>()
  /** What counted up to a moment of the clock behind. */
  #counted: number
  #at: number
  #cancelStep: (() => void) | undefined
  #stepMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#at = this.#counted = clock.monotonic()
  }

  now(): number {
    return this.#clock.now()
  }

  monotonic(): number {
    return this.#counted + this.#since()
  }

  after(ms: number, run: () => void): () => void {
    if (this.#timers.size === 0) this.#count(this.#clock.monotonic() - this.#at)
    const timer: Timer = { due: this.monotonic() + ms, run }
    this.#timers.add(timer)
    if (this.#cancelStep === undefined || timer.due < this.#counted + this.#stepMs) this.#step()
    return () => {
      this.#timers.delete(timer)
      if (this.#timers.size > 0) return
      this.#cancelStep?.()
      this.#cancelStep = undefined
    }
  }

  /** What counts of the time since the last look. */
  #since(): number {
    const passed = this.#clock.monotonic() - this.#at
    const isWaiting = this.#cancelStep !== undefined
    return isWaiting && passed > this.#stepMs && passed <= this.#stepMs + BUSY_MS ? this.#stepMs : passed
  }

  #count(ms: number): void {
    this.#counted += ms
    this.#at = this.#clock.monotonic()
  }

  #step(): void {
    this.#count(this.#since())
    this.#cancelStep?.()
    let next = this.#counted + STEP_MS
    for (const { due } of this.#timers) next = Math.min(next, due)
    this.#stepMs = Math.max(0, next - this.#counted)
    this.#cancelStep = this.#clock.after(this.#stepMs, () => this.#look())
  }

  #look(): void {
    this.#count(this.#since())
    this.#cancelStep = undefined
    for (const timer of this.#timers) {
      if (timer.due - this.#counted > NOTHING_MS) continue
      this.#timers.delete(timer)
      timer.run()
    }
    if (this.#timers.size > 0 && this.#cancelStep === undefined) this.#step()
  }
}
