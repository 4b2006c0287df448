import type { Clock } from '@speka/core'
import { realClock } from '@speka/core/node'

/** The longest that a turn of the event loop may count for. */
const MOST_A_TURN_MS = 10
const TURN_MS = 2

interface Timer {
  readonly at: number
  readonly run: () => void
}

/**
 * A clock that goes by turns of the event loop, of which none counts for long: whatever keeps this process from running
 * lets nothing in it run out of time. Otherwise as fast as the machine's.
 */
export function patientClock(): Clock {
  const timers = new Set<Timer>()
  let turn: NodeJS.Timeout | undefined
  let time = 0
  let lookedAt = realClock.monotonic()

  const monotonic = (): number => {
    const now = realClock.monotonic()
    time += Math.min(now - lookedAt, MOST_A_TURN_MS)
    lookedAt = now
    return time
  }
  const look = (): void => {
    const now = monotonic()
    const due = [...timers].filter(({ at }) => at <= now).toSorted((a, b) => a.at - b.at)
    for (const timer of due) if (timers.delete(timer)) timer.run()
    if (timers.size > 0) return
    clearInterval(turn)
    turn = undefined
  }
  return {
    now: realClock.now,
    monotonic,
    after(ms, run) {
      const timer = { at: monotonic() + ms, run }
      timers.add(timer)
      turn ??= setInterval(look, TURN_MS)
      return () => void timers.delete(timer)
    },
  }
}
