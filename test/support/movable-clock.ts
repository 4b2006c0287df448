import type { Clock } from '@speka/core'
import { realClock } from '@speka/core/node'

/** The machine's time, which a test can move on. Timers go by the machine's alone: only what looks at the time notices. */
export interface MovableClock extends Clock {
  moveOn(ms: number): void
}

export function movableClock(): MovableClock {
  let ahead = 0
  return {
    now: () => realClock.now() + ahead,
    monotonic: () => realClock.monotonic() + ahead,
    after: realClock.after,
    moveOn: (ms) => void (ahead += ms),
  }
}
