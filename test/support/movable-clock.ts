import type { Clock } from '@speka/core'
import { patientClock } from './patient-clock.ts'

/** A patient clock that a test can move on. Timers do not go by that: only what looks at the time notices. */
export interface MovableClock extends Clock {
  moveOn(ms: number): void
}

export function movableClock(): MovableClock {
  const clock = patientClock()
  let ahead = 0
  return {
    now: () => clock.now() + ahead,
    monotonic: () => clock.monotonic() + ahead,
    after: clock.after,
    moveOn: (ms) => void (ahead += ms),
  }
}
