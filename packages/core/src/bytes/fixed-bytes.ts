/** What is looked at together. */
const BLOCK = 16
const LITTLE_ENDIAN = true

/**
 * Bytes that are looked for at known places, or put there, again and again. Sixteen at a time are compared: up to a few hundred,
 * calling a native comparison costs more than making it. They are made for every stream, so that nothing is made of them beforehand.
 */
export class FixedBytes {
  readonly length: number
  readonly #view: DataView
  readonly #start: number

  /** @param view where they stand from `start` to `end`, and stay. */
  constructor(view: DataView, start: number, end: number) {
    this.length = end - start
    this.#view = view
    this.#start = start
  }

  /** Copies what to look for, since the network buffer behind it may be large. */
  static copyOf(bytes: Buffer): FixedBytes {
    return new FixedBytes(viewOf(Buffer.from(bytes)), 0, bytes.length)
  }

  /**
   * Whether they stand at `at`.
   *
   * @param length of what `view` shows: quicker told than asked for.
   */
  standAt(view: DataView, length: number, at: number): boolean {
    if (at + this.length > length) return false
    const own = this.#view
    const last = this.length - BLOCK
    if (last < 0) return this.#fewStandAt(view, at)
    const start = this.#start
    for (let block = 0; ; block += BLOCK) {
      // The last block ends with the bytes: it may overlap with the one before.
      const from = block < last ? block : last
      const to = at + from
      const of = start + from
      const differs =
        (view.getInt32(to, LITTLE_ENDIAN) ^ own.getInt32(of, LITTLE_ENDIAN)) |
        (view.getInt32(to + 4, LITTLE_ENDIAN) ^ own.getInt32(of + 4, LITTLE_ENDIAN)) |
        (view.getInt32(to + 8, LITTLE_ENDIAN) ^ own.getInt32(of + 8, LITTLE_ENDIAN)) |
        (view.getInt32(to + 12, LITTLE_ENDIAN) ^ own.getInt32(of + 12, LITTLE_ENDIAN))
      if (differs !== 0) return false
      if (from === last) return true
    }
  }

  #fewStandAt(view: DataView, at: number): boolean {
    const start = this.#start
    for (let index = 0; index < this.length; index += 1)
      if (view.getUint8(at + index) !== this.#view.getUint8(start + index)) return false
    return true
  }

  /** Puts them to `at`, where there must be room. @returns how many there are. */
  putTo(view: DataView, at: number): number {
    const own = this.#view
    const start = this.#start
    const last = this.length - BLOCK
    if (last < 0) {
      for (let index = 0; index < this.length; index += 1) view.setUint8(at + index, own.getUint8(start + index))
      return this.length
    }
    for (let block = 0; ; block += BLOCK) {
      const from = block < last ? block : last
      const to = at + from
      for (let word = 0; word < BLOCK; word += 4)
        view.setInt32(to + word, own.getInt32(start + from + word, LITTLE_ENDIAN), LITTLE_ENDIAN)
      if (from === last) return this.length
    }
  }
}

/** The same bytes, to be compared with {@link FixedBytes}. */
export const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView =>
  new DataView(buffer, byteOffset, byteLength)
