import type { Clock } from '@speka/core'
import { backgroundClock } from '../../availability.ts'

/**
 * How long rows wait to be folded, in ms: many are folded for little more than one, and nobody misses them, since whoever
 * asks has those folded that are not yet.
 */
const PAUSE_MS = 500

/** Has rows folded in good time after they were settled. */
export interface FollowUp {
  /** Rows were settled. Costs next to nothing, as it is called with every commit. */
  settled(): void
  close(): void
}

/**
 * Has all that lies there folded at once, and from then on what was settled.
 *
 * @param fold starts folding what there is.
 */
export function followUp(fold: () => void, clock: Pick<Clock, 'after'> = backgroundClock): FollowUp {
  let cancel: (() => void) | undefined
  fold()
  return {
    settled() {
      cancel ??= clock.after(PAUSE_MS, () => {
        cancel = undefined
        fold()
      })
    },
    close: () => cancel?.(),
  }
}
