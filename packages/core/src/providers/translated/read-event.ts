import { dataOf, doneFrame, isDone } from '../../wire/frames.ts'
import { isRecord } from '../../wire/read-usage.ts'
import { badReply } from '../bad-reply.ts'
import { Sees, type Emit } from '../provider.ts'

/**
 * The JSON object of an event. `undefined`: it is none, and what that means has been told: nothing for a comment, an end
 * for OpenAI's end mark, a failure for all else.
 */
export function readEvent(frame: Buffer, emit: Emit): Record<string, unknown> | undefined {
  const data = dataOf(frame)
  if (data === undefined) return undefined
  const event = parseObject(data)
  if (event !== undefined) return event
  if (isDone(data)) emit(doneFrame, Sees.Done)
  else emit(frame, Sees.Failure, { failure: badReply('sent an event that is not a JSON object') })
  return undefined
}

function parseObject(data: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
