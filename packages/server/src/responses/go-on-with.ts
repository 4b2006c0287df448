import { dropMembers, join, scanObject, setMember, splice } from '@speka/core/internal'
import type { Conversation } from './seal-response.ts'

const FIELD = 'previous_response_id'

/** The response that a request goes on with; `undefined`: none that could be found. What is no request says so when it is read. */
export function previousIn(body: Buffer): string | undefined {
  // Nearly always it is not there, and then nothing else is looked at.
  if (!body.includes(`"${FIELD}"`)) return undefined
  const member = scanObject(body)?.members.findLast(({ key }) => key === FIELD)
  if (member === undefined) return undefined
  try {
    const value: unknown = JSON.parse(body.toString('utf8', member.valueStart, member.valueEnd))
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** A request that goes on with a conversation, as one that tells all of it. */
export function goOnWith(body: Buffer, before: Conversation): Buffer {
  const scan = scanObject(body)
  const member = scan?.members.findLast(({ key }) => key === 'input')
  const added = member && itemsIn(body.subarray(member.valueStart, member.valueEnd))
  // Without input of its own it is refused where it is read.
  if (scan === undefined || added === undefined) return body
  const { output } = JSON.parse(before.response.toString('utf8')) as { output: unknown }
  const answered = itemsIn(Buffer.from(JSON.stringify(output)))
  const told = [itemsIn(before.input), answered, added].filter((items) => items !== undefined && items.length > 0)
  const input = Buffer.concat(told.flatMap((items, index) => (index === 0 ? [items] : [COMMA, items])) as Buffer[])
  const edits = dropMembers(scan, (key) => key === FIELD)
  return join(splice(body, [...edits, { ...setMember(scan, 'input', ''), text: [OPEN, input, CLOSE] }]))
}

const [OPEN, CLOSE, COMMA] = ['[', ']', ','].map((mark) => Buffer.from(mark)) as [Buffer, Buffer, Buffer]

/** What stands between the brackets of an input: a text is one message. @returns `undefined` for what can be no input. */
function itemsIn(input: Buffer): Buffer | undefined {
  if (input[0] === 0x5b) return trimmed(input.subarray(1, -1))
  if (input[0] === 0x22) return Buffer.concat([Buffer.from('{"role":"user","content":'), input, Buffer.from('}')])
  return undefined
}

function trimmed(bytes: Buffer): Buffer {
  let [start, end] = [0, bytes.length]
  while (start < end && isSpace(bytes[start])) start += 1
  while (end > start && isSpace(bytes[end - 1])) end -= 1
  return bytes.subarray(start, end)
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
