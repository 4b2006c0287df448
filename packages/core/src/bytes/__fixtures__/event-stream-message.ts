import { crc32 } from 'node:zlib'

/** A message of Amazon's event stream. */
export function eventStreamMessage(headers: Readonly<Record<string, string>>, payload: string): Buffer {
  const head = Buffer.concat(
    Object.entries(headers).flatMap(([name, value]) => {
      const size = Buffer.alloc(3)
      size[0] = 7
      size.writeUInt16BE(Buffer.byteLength(value), 1)
      return [Buffer.of(name.length), Buffer.from(name), size, Buffer.from(value)]
    }),
  )
  return messageOf(head, Buffer.from(payload))
}

/**
 * One whose headers are bytes already, with its checksums.
 *
 * @param headerBytes how many of them there are, as it says.
 */
export function messageOf(headers: Buffer, payload: Buffer, headerBytes = headers.length): Buffer {
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(16 + headers.length + payload.length, 0)
  prelude.writeUInt32BE(headerBytes, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  const message = Buffer.concat([prelude, headers, payload])
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(message))
  return Buffer.concat([message, sum])
}

/** One that says what happens. */
export const eventMessage = (type: string, payload: object): Buffer =>
  eventStreamMessage(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    JSON.stringify(payload),
  )

/** One that says what went wrong. */
export const exceptionMessage = (type: string, message: string): Buffer =>
  eventStreamMessage(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    JSON.stringify({ message }),
  )
