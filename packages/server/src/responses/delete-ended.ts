import type { Clock } from '@speka/core'
import type { ResponseStore } from '../store/responses.ts'

/** How often is looked for responses that have ended, in ms. */
const EVERY_MS = 60_000
/** How many are thrown away in one go, and how long others have a turn before the next, in ms. */
const AT_ONCE = 100
const PAUSE_MS = 250

export interface DeleteEndedParts {
  readonly store: ResponseStore
  readonly clock: Clock
  readonly onTrouble: (trouble: unknown) => void
}

/** Throws away the responses that have ended, whether or not any are kept by now: some at a time, as long as it is not closed. */
export function deleteEndedResponses({ store, clock, onTrouble }: DeleteEndedParts): { close(): Promise<void> } {
  let isClosed = false
  let cancel = clock.after(EVERY_MS, look)
  let looking: Promise<void> = Promise.resolve()

  function look(): void {
    looking = store
      .deleteEnded(clock.now(), AT_ONCE)
      .then((deleted) => next(deleted < AT_ONCE ? EVERY_MS : PAUSE_MS))
      .catch((trouble: unknown) => {
        onTrouble(trouble)
        next(EVERY_MS)
      })
  }

  function next(ms: number): void {
    if (!isClosed) cancel = clock.after(ms, look)
  }

  return {
    close() {
      isClosed = true
      cancel()
      return looking
    },
  }
}
