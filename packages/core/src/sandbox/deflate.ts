/** What a code of a length or a distance stands for at least, and how many bits after it add to that. */
interface Range {
  readonly base: number
  readonly extraBits: number
}

const LENGTHS = ranges(3, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5])
const DISTANCES = ranges(1, [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11])
const SHORTEST = 3
/** The longest that the lengths above reach; one more code, for 258, is not needed. */
const LONGEST = 257
const END_OF_BLOCK = 256

/**
 * Compresses data that repeats itself after `stride` bytes, or from byte to byte, as lines of a drawing do: RFC 1951 with
 * the codes of section 3.2.6, in one block. Core has no zlib.
 */
export function deflate(data: Uint8Array, stride: number): Buffer {
  const bits = new BitWriter()
  bits.number(1, 1)
  bits.number(1, 2)
  for (let at = 0; at < data.length;) {
    const [above, before] = [repeats(data, at, stride), repeats(data, at, 1)]
    const length = Math.max(above, before)
    if (length < SHORTEST) {
      writeSymbol(bits, data[at] ?? 0)
      at += 1
      continue
    }
    const { code, rest, extraBits } = codeOf(length, LENGTHS)
    writeSymbol(bits, END_OF_BLOCK + 1 + code)
    bits.number(rest, extraBits)
    const distance = codeOf(above >= before ? stride : 1, DISTANCES)
    bits.code(distance.code, 5)
    bits.number(distance.rest, distance.extraBits)
    at += length
  }
  writeSymbol(bits, END_OF_BLOCK)
  return bits.bytes()
}

/** How many bytes from `at` on are the same as those `distance` before them. */
function repeats(data: Uint8Array, at: number, distance: number): number {
  if (distance > at) return 0
  const most = Math.min(LONGEST, data.length - at)
  let length = 0
  while (length < most && data[at + length] === data[at + length - distance]) length += 1
  return length
}

/** A byte, the end, or a length, in the fixed code. */
function writeSymbol(bits: BitWriter, symbol: number): void {
  if (symbol < 144) bits.code(0x30 + symbol, 8)
  else if (symbol < 256) bits.code(0x190 + symbol - 144, 9)
  else if (symbol < 280) bits.code(symbol - 256, 7)
  else bits.code(0xc0 + symbol - 280, 8)
}

function codeOf(value: number, table: readonly Range[]): { code: number; rest: number; extraBits: number } {
  const code = table.findLastIndex(({ base }) => base <= value)
  const { base, extraBits } = table[code] ?? { base: value, extraBits: 0 }
  return { code, rest: value - base, extraBits }
}

function ranges(first: number, extraBits: readonly number[]): Range[] {
  let base = first
  return extraBits.map((bits) => {
    const range = { base, extraBits: bits }
    base += 1 << bits
    return range
  })
}

class BitWriter {
  readonly #bytes: number[] = []
  #pending = 0
  #count = 0

  /** A number, its lowest bit first. */
  number(value: number, bits: number): void {
    for (let bit = 0; bit < bits; bit += 1) this.#add((value >> bit) & 1)
  }

  /** A code, its highest bit first. */
  code(value: number, bits: number): void {
    for (let bit = bits - 1; bit >= 0; bit -= 1) this.#add((value >> bit) & 1)
  }

  bytes(): Buffer {
    return Buffer.from(this.#count === 0 ? this.#bytes : [...this.#bytes, this.#pending])
  }

  #add(bit: number): void {
    this.#pending |= bit << this.#count
    this.#count += 1
    if (this.#count < 8) return
    this.#bytes.push(this.#pending)
    this.#pending = 0
    this.#count = 0
  }
}
