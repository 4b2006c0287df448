import type { Clock } from '../clock.ts'

/** Time for tests: it stands still until it is advanced. */
export interface FakeClock extends Clock {
  /**
   * Moves time on by `ms`, running each timer when its moment comes, also those that timers set on the way. Promises
   * settle before, between and after; `advance(0)` only lets them settle.
   */
  advance(ms: number): Promise<void>
  /** How many timers are waiting: 0 when everything was cleaned up. */
  pending(): number
}

interface Timer {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

/** A clock that starts at `startMs` (by default the first moment of 2026), with `monotonic` at 0. */
export function createFakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  const timers = new Set<Timer>()
  let elapsed = 0
  let order = 0

  const nextDue = (until: number): Timer | undefined => {
    let next: Timer | undefined
    for (const timer of timers) {
      if (timer.at > until) continue
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer
    }
    return next
  }

  return {
    now: () => startMs + elapsed,
    monotonic: () => elapsed,
    after(ms, run) {
      order += 1
      const timer = { at: elapsed + Math.max(0, ms), order, run }
      timers.add(timer)
      return () => {
        timers.delete(timer)
      }
    },
    async advance(ms) {
      const until = elapsed + ms
      await settle()
      for (let timer = nextDue(until); timer !== undefined; timer = nextDue(until)) {
        timers.delete(timer)
        elapsed = timer.at
        timer.run()
        await settle()
      }
      elapsed = until
    },
    pending: () => timers.size,
  }
}

/** Long enough for chains of promises; there is no way to ask whether any is left. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await undefined
}
