/** What was counted in a window that moves on with time: a function of the time handed in, in ms, which never goes back. */
export interface CountWindow {
  /** How much counts at `now`. */
  counted(now: number): number
  /** Counts `amount` from `at` on. */
  add(at: number, amount: number): void
  /** Takes back what was added at that time, as far as it still counts. */
  takeBack(at: number, amount: number): void
  /** In how many ms no more than `most` will count; 0: now. */
  msUntil(most: number, now: number): number
  /** All that it has, in order: what would have to be added to a new one. */
  entries(): Iterable<readonly [at: number, amount: number]>
}
