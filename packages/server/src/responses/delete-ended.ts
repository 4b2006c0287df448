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
  let looking: Promise<void> = Promise.resolve()
  const look = (): void => {
    looking = lookOnce()
  }
  let cancel = clock.after(EVERY_MS, look)

  async function lookOnce(): Promise<void> {
    const pause = await deleteSome()
    if (!isClosed) cancel = clock.after(pause, look)
  }

  /** @returns how long until it is worth while to look again, in ms. */
  async function deleteSome(): Promise<number> {
    try {
      return (await store.deleteEnded(clock.now(), AT_ONCE)) < AT_ONCE ? EVERY_MS : PAUSE_MS
    } catch (trouble) {
      onTrouble(trouble)
      return EVERY_MS
    }
  }

  return {
    close() {
      isClosed = true
      cancel()
      return looking
    },
  }
}
