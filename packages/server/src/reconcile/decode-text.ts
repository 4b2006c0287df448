import { exportError } from './export-error.ts'

/** How a file that is no text begins. */
const NO_TEXT: readonly (readonly [start: readonly number[], what: string])[] = [
  [[0x1f, 0x8b], 'compressed with gzip: unpack it first, with gunzip'],
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP archive or a workbook: unpack it, or save the sheet as CSV'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF: export CSV or JSON'],
]

/** The marks that texts in UTF-16 and UTF-8 begin with. */
const MARKS = [
  { mark: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { mark: [0xff, 0xfe], encoding: 'utf-16le' },
  { mark: [0xfe, 0xff], encoding: 'utf-16be' },
] as const

const LONGEST_START = 4
const NEWLINE = 10

/**
 * The text of a file, piece by piece: UTF-8, or UTF-16 that says so by its first bytes.
 *
 * @throws SpekaError `invalid_request` that names the line where it is neither.
 */
export async function* decodeText(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let held: Buffer = Buffer.alloc(0)
  let decoder: Decoder | undefined
  for await (const some of bytes) {
    held = held.length === 0 ? Buffer.from(some) : Buffer.concat([held, some])
    if (decoder === undefined && held.length < LONGEST_START) continue
    decoder ??= decoderFor(held)
    yield decoder.push(held)
    held = Buffer.alloc(0)
  }
  decoder ??= decoderFor(held)
  yield decoder.push(held)
  decoder.end()
}

function decoderFor(start: Buffer): Decoder {
  const [, what] = NO_TEXT.find(([first]) => beginsWith(start, first)) ?? []
  if (what !== undefined) throw exportError(`The file is ${what}.`)
  const marked = MARKS.find(({ mark }) => beginsWith(start, mark))
  return new Decoder(marked?.encoding ?? 'utf-8')
}

const beginsWith = (bytes: Buffer, first: readonly number[]): boolean => first.every((byte, at) => bytes[at] === byte)

class Decoder {
  readonly #encoding: (typeof MARKS)[number]['encoding']
  readonly #decoder: InstanceType<typeof TextDecoder>
  /** Lines that have ended in what is decoded, and the last byte of it. */
  #lines = 0
  #lastByte = 0

  constructor(encoding: (typeof MARKS)[number]['encoding']) {
    this.#encoding = encoding
    this.#decoder = new TextDecoder(encoding, { fatal: true })
  }

  push(bytes: Buffer): string {
    const text = this.#decode(() => this.#decoder.decode(bytes, { stream: true }), bytes)
    if (text.includes('\0')) {
      const line = this.#lines + text.slice(0, text.indexOf('\0')).split('\n').length
      throw exportError(
        `Line ${line} has a zero byte: the file is UTF-16 without a mark, or no text. Save it as UTF-8.`,
      )
    }
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#lines += 1
    this.#lastByte = bytes.at(-1) ?? this.#lastByte
    return text
  }

  end(): void {
    this.#decode(() => this.#decoder.decode())
  }

  /** @param bytes none at the end of the file. */
  #decode(decode: () => string, bytes?: Buffer): string {
    try {
      return decode()
    } catch {
      throw exportError(this.#encoding === 'utf-8' ? this.#strayUtf8(bytes) : this.#strayUtf16())
    }
  }

  #strayUtf16(): string {
    return `Behind line ${this.#lines + 1} the file is not UTF-16, though it begins as such. It was cut.`
  }

  #strayUtf8(bytes: Buffer | undefined): string {
    if (bytes === undefined)
      return `Line ${this.#lines + 1} is not UTF-8, it ends within a character: the file was cut. Export it again.`
    const { line, byte = this.#lastByte } = firstStray(bytes)
    const shown = `byte 0x${byte.toString(16)}`
    return `Line ${this.#lines + line} is not UTF-8 (${shown}): it may be Latin-1 or Windows-1252. Save the file as UTF-8.`
  }
}

/** Where bytes are no UTF-8: by line, from 1, and the byte; no byte where a character of before is not gone on with. */
function firstStray(bytes: Buffer): { readonly line: number; readonly byte: number | undefined } {
  // They may go on with a character that has begun before.
  const first = bytes.findIndex((byte) => !isContinuation(byte))
  for (let from = first, line = 1; from >= 0 && from < bytes.length; line += 1) {
    const newline = bytes.indexOf(NEWLINE, from)
    const end = newline === -1 ? bytes.length : newline + 1
    if (!isUtf8(bytes.subarray(from, end), newline !== -1)) return { line, byte: strayIn(bytes.subarray(from, end)) }
    from = end
  }
  return { line: 1, byte: undefined }
}

const isContinuation = (byte: number): boolean => byte >= 0x80 && byte < 0xc0

/** @param isWhole whether nothing comes behind, so that the last character must be whole. */
function isUtf8(bytes: Buffer, isWhole: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole })
    return true
  } catch {
    return false
  }
}

/** The byte at which a line stops being UTF-8. */
function strayIn(line: Buffer): number | undefined {
  let [good, bad] = [0, line.length]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isUtf8(line.subarray(0, middle), false)) good = middle
    else bad = middle
  }
  const [before, at] = [line[bad - 2], line[bad - 1]]
  // What should have gone on with a character shows that its first byte is none.
  return at !== undefined && at < 0x80 ? before : at
}
