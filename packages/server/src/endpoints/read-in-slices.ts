import { setImmediate as nextTurn } from 'node:timers/promises'
import { parseBodyInSlices, READ_AT_ONCE_BYTES, type BodyAids } from '@speka/core/internal'

/** Lets everybody else have a turn. */
export type Rest = () => Promise<unknown>

/**
 * What reading a body takes: for a large one, what was read of it in slices, between which all others get their turns.
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

/** Whether a body is so large that others would notice how long it takes to read. */
export const isLarge = (body: Buffer): boolean => body.length > READ_AT_ONCE_BYTES
