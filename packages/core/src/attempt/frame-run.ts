import type { Bytes } from '../transport.ts'

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

  /** All pieces, in order; the run is empty afterwards. */
  take(): Bytes[] {
    const pieces = this.#pieces
    this.#pieces = []
    this.#bytes = 0
    return pieces
  }
}
