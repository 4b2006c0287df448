/** A message of Amazon's event stream. Nobody looks at its checksums, which are left 0. */
export function eventStreamMessage(headers: Readonly<Record<string, string>>, payload: string): Buffer {
  const head = Buffer.concat(
    Object.entries(headers).flatMap(([name, value]) => {
      const size = Buffer.alloc(3)
      size[0] = 7
      size.writeUInt16BE(Buffer.byteLength(value), 1)
      return [Buffer.of(name.length), Buffer.from(name), size, Buffer.from(value)]
    }),
  )
  const body = Buffer.from(payload)
  const lengths = Buffer.alloc(12)
  lengths.writeUInt32BE(16 + head.length + body.length, 0)
  lengths.writeUInt32BE(head.length, 4)
  return Buffer.concat([lengths, head, body, Buffer.alloc(4)])
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
