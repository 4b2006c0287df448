import { setImmediate as nextTurn } from 'node:timers/promises'
import { parseBodyInSlices, type BodyAids } from '@speka/core/internal'

/** Lets everybody else have a turn. */
export type Rest = () => Promise<unknown>

/**
 * What reading a body takes, for one above `READ_AT_ONCE_BYTES`: what was read of it in slices, between which all others get their turns.
 *
 * @throws SpekaError for a body that is refused.
 */
export async function readInSlices(body: Buffer, aids: BodyAids, rest: Rest = () => nextTurn()): Promise<BodyAids> {
  const reading = parseBodyInSlices(body, aids)
  for (;;) {
    const step = reading.next()
    if (step.done === true) return { ...aids, parsed: step.value }
    await rest()
  }
}
