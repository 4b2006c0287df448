const WORD = 4
/** What is looked at together. */
const BLOCK = 4 * WORD
const LITTLE_ENDIAN = true

/**
 * Bytes that are looked for at known places, or put there, again and again. Sixteen at a time are compared: up to a few hundred,
 * calling a native comparison costs more than making it.
 */
export class FixedBytes {
  readonly #bytes: Buffer
  readonly length: number
  /** Four words for each block. The last block ends with the bytes, so that it may overlap with the one before. */
  readonly #words: Int32Array

  /** @param bytes what to look for; copied, since the network buffer behind them may be large. */
  constructor(bytes: Buffer) {
    this.#bytes = Buffer.from(bytes)
    this.length = bytes.length
    const view = viewOf(this.#bytes)
    const blocks = this.length < BLOCK ? 0 : Math.ceil(this.length / BLOCK)
    this.#words = Int32Array.from({ length: (blocks * BLOCK) / WORD }, (_, index) => {
      const block = Math.min(Math.floor((index * WORD) / BLOCK) * BLOCK, this.length - BLOCK)
      return view.getInt32(block + ((index * WORD) % BLOCK), LITTLE_ENDIAN)
    })
  }

  /**
   * Whether they stand at `at`.
   *
   * @param length of what `view` shows: quicker told than asked for.
   */
  standAt(view: DataView, length: number, at: number): boolean {
    if (at + this.length > length) return false
    const words = this.#words
    if (words.length === 0) return this.#fewStandAt(view, at)
    const last = at + this.length - BLOCK
    for (let index = 0, block = at; index < words.length; index += 4, block += BLOCK) {
      const place = block < last ? block : last
      const differs =
        (view.getInt32(place, LITTLE_ENDIAN) ^ (words[index] ?? 0)) |
        (view.getInt32(place + 4, LITTLE_ENDIAN) ^ (words[index + 1] ?? 0)) |
        (view.getInt32(place + 8, LITTLE_ENDIAN) ^ (words[index + 2] ?? 0)) |
        (view.getInt32(place + 12, LITTLE_ENDIAN) ^ (words[index + 3] ?? 0))
      if (differs !== 0) return false
    }
    return true
  }

  #fewStandAt(view: DataView, at: number): boolean {
    const bytes = this.#bytes
    for (let index = 0; index < bytes.length; index += 1) if (view.getUint8(at + index) !== bytes[index]) return false
    return true
  }

  /** Puts them to `at`, where there must be room. @returns how many there are. */
  putTo(view: DataView, at: number): number {
    const words = this.#words
    if (words.length === 0)
      for (let index = 0; index < this.length; index += 1) view.setUint8(at + index, this.#bytes[index] ?? 0)
    const last = at + this.length - BLOCK
    for (let index = 0, block = at; index < words.length; index += 4, block += BLOCK) {
      const place = block < last ? block : last
      view.setInt32(place, words[index] ?? 0, LITTLE_ENDIAN)
      view.setInt32(place + 4, words[index + 1] ?? 0, LITTLE_ENDIAN)
      view.setInt32(place + 8, words[index + 2] ?? 0, LITTLE_ENDIAN)
      view.setInt32(place + 12, words[index + 3] ?? 0, LITTLE_ENDIAN)
    }
    return this.length
  }
}

/** The same bytes, to be compared with {@link FixedBytes}. */
export const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView =>
  new DataView(buffer, byteOffset, byteLength)
