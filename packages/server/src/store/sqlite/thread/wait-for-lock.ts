import { failureOf } from '../sqlite-failure.ts'

/**
 * How long to pause between two tries for a lock, in ms: about as long as another process needs for a commit. SQLite's own
 * way of waiting pauses for up to 100 ms: two processes that write all the time then get as little as a quarter done.
 */
const PAUSE_MS = 0.5

/**
 * Makes a way to do what needs the lock on a database file, for a connection that does not wait by itself: while another
 * process has the lock it is tried again, for `waitMs`. Blocks its thread.
 *
 * @throws What `work` throws, `locked` once the time is up.
 */
export function waitForLock(waitMs: number): <T>(work: () => T) => T {
  const nothing = new Int32Array(new SharedArrayBuffer(4))
  return (work) => {
    let deadline = Infinity
    for (;;) {
      try {
        return work()
      } catch (error) {
        if (failureOf(error).kind !== 'locked') throw error
        const now = performance.now()
        if (deadline === Infinity) deadline = now + waitMs
        if (now >= deadline) throw error
        Atomics.wait(nothing, 0, 0, PAUSE_MS)
      }
    }
  }
}
