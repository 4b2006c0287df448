import { join } from '../bytes/splice.ts'
import type { Bytes } from '../transport.ts'

/** From this many bytes on it is more work to copy a piece than to write it by itself. */
const LARGE_BYTES = 16 * 1024

/**
 * Collects frames to be written together. Neighbours in memory, as untouched frames of one network chunk are, become one
 * piece again without being copied.
 */
export class FrameRun {
  #pieces: Bytes[] = []
  #bytes = 0

  get count(): number {
    return this.#pieces.length
  }

  get bytes(): number {
    return this.#bytes
  }

  add(frame: Bytes): void {
    if (frame.length === 0) return
    this.#bytes += frame.length
    const last = this.#pieces.at(-1)
    if (last !== undefined && last.buffer === frame.buffer && last.byteOffset + last.byteLength === frame.byteOffset) {
      this.#pieces[this.#pieces.length - 1] = Buffer.from(
        last.buffer,
        last.byteOffset,
        last.byteLength + frame.byteLength,
      )
    } else {
      this.#pieces.push(frame)
    }
  }

  /** All of it in as few pieces as are worth making; the run is empty afterwards. */
  takeJoined(): Bytes[] {
    const isSmall = this.#bytes < LARGE_BYTES
    const pieces = this.take()
    if (pieces.length < 2) return pieces
    return isSmall ? [join(pieces)] : withSmallJoined(pieces)
  }

  /** All pieces, in order; the run is empty afterwards. */
  take(): Bytes[] {
    const pieces = this.#pieces
    this.#pieces = []
    this.#bytes = 0
    return pieces
  }
}

function withSmallJoined(pieces: readonly Bytes[]): Bytes[] {
  const joined: Bytes[] = []
  let small: Bytes[] = []
  for (const piece of pieces) {
    if (piece.length < LARGE_BYTES) {
      small.push(piece)
      continue
    }
    if (small.length > 0) joined.push(join(small))
    joined.push(piece)
    small = []
  }
  if (small.length > 0) joined.push(join(small))
  return joined
}
