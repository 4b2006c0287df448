import type { Clock } from '../clock.ts'

/** The machine's own time. Its timers do not keep a process alive that has nothing else to do. */
export const realClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
