import {
  completion,
  delta,
  event,
  json,
  stream,
  streamEnd,
  streamHead,
  type Step,
} from '../support/scripted-upstream.ts'
import { broken, inStream, PIECES, TEXT, type FaultCase } from './fault-row.ts'
import type { ErrorCode } from '@speka/core'

/** The first pieces of a streamed answer, head included. */
export const begun = (count: number): Step[] => [
  streamHead,
  ...PIECES.slice(0, count).map((piece, index) => event(delta(piece, index === 0))),
]

/** The text of the first pieces. */
export const textOf = (count: number): string => PIECES.slice(0, count).join('')

/** What was written is on the gateway's side before the next step: a reset must not overtake it. */
export const arrived: Step = { sleepMs: 20 }

export const wholeStream = stream(PIECES)
export const wholeJson = json(completion(TEXT))

/** The events behind the last piece: the finish, the usage, the end mark; and the end of the response. */
export const [finish, usage, endMark, endOfStream] = streamEnd() as [Step, Step, Step, Step]

/** The role alone, as most upstreams send it first. */
export const role = event(delta('', true))

/** All that a script writes. */
export const bytesOf = (steps: readonly Step[]): Buffer =>
  Buffer.concat(
    steps.map((step) => (typeof step === 'object' && 'write' in step ? Buffer.from(step.write) : Buffer.alloc(0))),
  )

/**
 * What a script writes, cut off, and then something else.
 *
 * @param at how many bytes are written; below 0: how many are not.
 */
export function cutAt(steps: readonly Step[], at: number, then: Step): Step[] {
  const bytes = bytesOf(steps)
  return [{ write: bytes.subarray(0, at < 0 ? bytes.length + at : at) }, arrived, then]
}

/** A stream that goes wrong after one, three and all of its five pieces: they are delivered, then the error is told. */
export const midStream = (code: ErrorCode, then: readonly Step[], more: Partial<FaultCase> = {}): FaultCase[] =>
  [1, 3, 5].map((count) =>
    inStream(`after ${count} of 5 pieces`, [...begun(count), ...then], broken(code, textOf(count)), more),
  )
