import type { Bytes } from '../../transport.ts'
import { parseExactly } from '../../wire/exact-json.ts'
import { isRecord } from '../../wire/read-usage.ts'
import { asBuffer } from '../../wire/scan-object.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'

/**
 * The JSON object of a reply that claims success.
 *
 * @param callMark what a reply with a tool call has in it: the numbers in its arguments are kept to the last digit.
 * @throws BadReplyError when it is none.
 */
export function parseReply(body: Bytes, callMark?: Buffer): Record<string, unknown> {
  let value: unknown
  try {
    const bytes = asBuffer(body)
    const parse = callMark !== undefined && bytes.includes(callMark) ? parseExactly : JSON.parse
    value = parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new BadReplyError(badReply('sent something else than JSON', cause))
  }
  if (!isRecord(value)) throw new BadReplyError(badReply('sent something else than a JSON object'))
  return value
}
