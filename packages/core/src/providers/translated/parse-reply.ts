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

/** The JSON object of an event; `undefined` when it is none. */
export function parseEvent(data: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
