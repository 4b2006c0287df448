import { isRecord } from '../../json.ts'
import type { Bytes } from '../../transport.ts'
import { asBuffer } from '../../bytes/scan-object.ts'
import { parseKeepingCalls, type HoldsCall } from './parse-keeping-calls.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'

/**
 * The JSON object of a reply that claims success.
 *
 * @param holdsCall which replies have the arguments of a tool call in them. Default: none.
 * @throws BadReplyError when it is none.
 */
export function parseReply(body: Bytes, holdsCall?: HoldsCall): Record<string, unknown> {
  let value: unknown
  try {
    value = parseKeepingCalls(asBuffer(body).toString('utf8'), holdsCall)
  } catch (cause) {
    throw new BadReplyError(badReply('sent something else than JSON', cause))
  }
  if (!isRecord(value)) throw new BadReplyError(badReply('sent something else than a JSON object'))
  return value
}
