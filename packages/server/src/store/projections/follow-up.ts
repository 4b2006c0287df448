import type { Clock } from '@speka/core'
import { backgroundClock } from '../availability.ts'

/**
 * How long rows wait to be folded, in ms: many are folded for little more than one, and nobody misses them, since whoever
 * asks has those folded that are not yet.
 */
const PAUSE_MS = 500

/** Has rows folded in good time after they were settled. */
export interface FollowUp {
  /** Whether rows were settled that are not folded: to be said with every commit, so it is no more than that. */
  isBehind: boolean
  close(): void
}

/**
 * Has all that lies there folded at once, and from then on, twice a second, what was settled meanwhile.
 *
 * @param fold starts folding what there is.
 */
export function followUp(fold: () => void, clock: Pick<Clock, 'after'> = backgroundClock): FollowUp {
  let cancel: (() => void) | undefined
  const following: FollowUp = { isBehind: true, close: () => cancel?.() }
  const look = (): void => {
    if (following.isBehind) {
      following.isBehind = false
      fold()
    }
    cancel = clock.after(PAUSE_MS, look)
  }
  look()
  return following
}
