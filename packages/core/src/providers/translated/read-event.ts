import { parseExactly } from '../../wire/exact-json.ts'
import { dataOf, doneFrame, isDone } from '../../wire/frames.ts'
import { isRecord } from '../../wire/read-usage.ts'
import { badReply } from '../bad-reply.ts'
import { Sees, type Emit } from '../provider.ts'

/**
 * The JSON object of an event. `undefined`: it is none, and what that means has been told: nothing for a comment, an end
 * for OpenAI's end mark, a failure for all else.
 *
 * @param callMark what an event with a tool call has in it: the numbers in its arguments are kept to the last digit.
 */
export function readEvent(frame: Buffer, emit: Emit, callMark: Buffer): Record<string, unknown> | undefined {
  const data = dataOf(frame)
  if (data === undefined) return undefined
  const event = parseObject(data, data.includes(callMark) ? parseExactly : JSON.parse)
  if (event !== undefined) return event
  if (isDone(data)) emit(doneFrame, Sees.Done)
  else emit(frame, Sees.Failure, { failure: badReply('sent an event that is not a JSON object') })
  return undefined
}

function parseObject(data: Buffer, parse: (text: string) => unknown): Record<string, unknown> | undefined {
  try {
    const value = parse(data.toString('utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
