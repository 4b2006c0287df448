import type { Socket } from 'node:net'

/** Up to this many bytes it is less work to copy pieces than to have them written one by one. */
const WORTH_COPYING_BYTES = 8 * 1024

interface Piece {
  readonly chunk: unknown
  readonly encoding: BufferEncoding
}

/**
 * Has a socket write what waits for it in pieces, such as a head, a body and its end, as one piece where that is small. Node
 * would hand each over by itself, with its encoding.
 */
export function writeAtOnce(socket: Socket): void {
  const writePieces = socket._writev
  if (writePieces === undefined) return
  socket._writev = (pieces: Piece[], done): void => {
    const text = asOne(pieces)
    if (text === undefined) writePieces.call(socket, pieces, done)
    else socket._write(text, 'latin1', done)
  }
}

/** The bytes of small pieces, each as the character of its number. */
function asOne(pieces: readonly Piece[]): string | undefined {
  let text = ''
  for (const { chunk, encoding } of pieces) {
    if (typeof chunk === 'string' && (encoding === 'latin1' || chunk === '')) text += chunk
    else if (Buffer.isBuffer(chunk) && chunk.length <= WORTH_COPYING_BYTES) text += chunk.toString('latin1')
    else return undefined
    if (text.length > WORTH_COPYING_BYTES) return undefined
  }
  return text
}
