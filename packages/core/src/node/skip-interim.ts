import type { Socket } from 'node:net'

/** How an interim answer begins; `101` would be none. */
const INTERIM = Buffer.from('HTTP/1.1 1')
const STATUS_LENGTH = INTERIM.length + 2
const END = Buffer.from('\r\n\r\n')
const MOST_BYTES = 16 * 1024

/**
 * Has a socket leave out interim answers, `100 Continue` above all, which undici closes the connection for where nobody has
 * asked for it. RFC 9110, section 15.2: a client must be able to take an interim answer that it does not expect.
 *
 * @param waiting which request, by its number, the head of an answer is to come for; `undefined`: none.
 * @param most how many are left out for one request before that is no answer any more.
 */
export function skipInterim(socket: Socket, waiting: () => number | undefined, most: number): void {
  const read = socket.read.bind(socket)
  let held: Buffer | undefined
  let skipped = 0
  let last: number | undefined
  socket.read = (size?: number): unknown => {
    const chunk: unknown = read(size)
    if (!Buffer.isBuffer(chunk)) return chunk
    const request = waiting()
    if (request === undefined) return chunk
    if (request !== last) skipped = 0
    last = request
    let bytes = held === undefined ? chunk : Buffer.concat([held, chunk])
    held = undefined
    while (skipped < most && begins(bytes)) {
      const end = bytes.length < STATUS_LENGTH ? -1 : bytes.indexOf(END)
      if (end === -1) {
        if (bytes.length > MOST_BYTES) break
        held = bytes
        return null
      }
      skipped += 1
      bytes = bytes.subarray(end + END.length)
      if (bytes.length === 0) return null
    }
    return bytes
  }
}

/** Whether it is one, or may become one. */
function begins(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, INTERIM.length)
  if (bytes.compare(INTERIM, 0, length, 0, length) !== 0) return false
  return bytes.toString('latin1', INTERIM.length, STATUS_LENGTH) !== '01'
}
