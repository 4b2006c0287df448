import { dataOf, doneFrame, isDone } from '../../bytes/frames.ts'
import { isRecord } from '../../json.ts'
import { parseKeepingCalls, type HoldsCall } from './parse-keeping-calls.ts'
import { badReply } from '../bad-reply.ts'
import { Sees, type Emit } from '../provider.ts'

/**
 * The JSON object of an event. `undefined`: it is none, and what that means has been told: nothing for a comment, an end
 * for OpenAI's end mark, a failure for all else.
 *
 * @param holdsCall which events have the arguments of a tool call in them.
 */
export function readEvent(frame: Buffer, emit: Emit, holdsCall: HoldsCall): Record<string, unknown> | undefined {
  const data = dataOf(frame)
  if (data === undefined) return undefined
  const event = parseObject(data, holdsCall)
  if (event !== undefined) return event
  if (isDone(data)) emit(doneFrame, Sees.Done)
  else emit(frame, Sees.Failure, { failure: badReply('sent an event that is not a JSON object') })
  return undefined
}

function parseObject(data: Buffer, holdsCall: HoldsCall): Record<string, unknown> | undefined {
  try {
    const value = parseKeepingCalls(data.toString('utf8'), holdsCall)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
