/** Time, handed in: the engine reads no clock and sets no timer of its own. */
export interface Clock {
  /** Wall-clock time in ms since the epoch: for dates and records. */
  now(): number
  /** Monotonic time in ms: for durations and deadlines. */
  monotonic(): number
  /** Runs `run` once after `ms` milliseconds; the returned function cancels it and may be called at any time. */
  after(ms: number, run: () => void): () => void
}

/** A number in [0, 1), handed in: spreads retries. */
export type Random = () => number
