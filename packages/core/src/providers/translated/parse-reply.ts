import type { Bytes } from '../../transport.ts'
import { isRecord } from '../../wire/read-usage.ts'
import { asBuffer } from '../../wire/scan-object.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'

/**
 * The JSON object of a reply that claims success.
 *
 * @throws BadReplyError when it is none.
 */
export function parseReply(body: Bytes): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(asBuffer(body).toString('utf8'))
  } catch (cause) {
    throw new BadReplyError(badReply('sent something else than JSON', cause))
  }
  if (!isRecord(value)) throw new BadReplyError(badReply('sent something else than a JSON object'))
  return value
}
