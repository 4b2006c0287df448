import { randomBytes } from 'node:crypto'
import type { Bytes } from '../transport.ts'
import { asBuffer, memberCalled, type ObjectScan, type Span } from '../bytes/scan-object.ts'

/** From when on strings are kept. */
export interface KeepingLimits {
  /** Bodies up to this many bytes are simply parsed. */
  readonly body: number
  /** Strings of which less would be kept are decoded. */
  readonly string: number
  /** So many bytes of JSON within strings are decoded, for whoever has to look into it: the arguments of calls. */
  readonly jsonInStrings: number
  /** Whether the string that opens at `open`, and ends at `end`, may be kept. Default: each may. */
  readonly isKept?: (buffer: Buffer, open: number, end: number) => boolean
}

/** What is not larger is parsed in less time than anybody would notice. */
export const KEPT_ABOVE_BYTES = 4 * 1024 * 1024

const usual: KeepingLimits = { body: KEPT_ABOVE_BYTES, string: 256, jsonInStrings: 4 * 1024 * 1024 }

/**
 * Keeps nothing but what a field called `data` holds without an escape, as pictures and files are sent to Anthropic: everything else may be
 * looked at, and what is kept may stand in JSON within a text as well.
 */
export const keepingData: KeepingLimits = {
  ...usual,
  isKept: (buffer, open, end) =>
    DATA_FIELD.test(buffer.toString('latin1', Math.max(0, open - MOST_BEFORE_BYTES), open)) &&
    !buffer.subarray(open, end).includes(BACKSLASH),
}

const DATA_FIELD = /"data"\s*:\s*$/
const MOST_BEFORE_BYTES = 32

/** A body as a value that may be taken apart, and the way back to bytes. */
export interface KeptBody {
  readonly value: Record<string, unknown>
  /** `value`, or whatever was made of it, as JSON. */
  write(made: unknown): readonly Bytes[]
}

/**
 * Parses a body to be rewritten in another shape. Of a large one, the long strings within `member` are not decoded: a mark
 * stands in the place of each, or of most of it, and writing puts the caller's bytes back. So a picture of 20 MB costs a
 * translation nothing, neither time nor memory. The beginning of a data URL stays, and the white space at a string's end.
 * What is made of `value` may move, join and drop its texts, but not put JSON of them into a text: bytes are put back as they were.
 */
export function parseKeeping(
  body: Bytes,
  scan: ObjectScan,
  member: 'messages' | 'input' | 'prompt',
  limits: KeepingLimits = usual,
): KeptBody {
  const buffer = asBuffer(body)
  const place = buffer.length > limits.body ? memberCalled(scan, member) : undefined
  const kept = place === undefined ? NONE : keptWithin(buffer, scan, place.valueStart, place.valueEnd, limits)
  if (kept.length === 0) {
    return { value: parsed(buffer), write: (made) => [Buffer.from(JSON.stringify(made))] }
  }
  // Nobody outside can know it, so no text of a caller's is taken for a mark. Its letters are base64's.
  const mark = randomBytes(16).toString('hex')
  const marked = withMarks(buffer, kept, mark)
  return {
    value: parsed(marked),
    write: (made) => restored(Buffer.from(JSON.stringify(made)), Buffer.from(mark), buffer, kept),
  }
}

/** A body with a numbered mark in the place of each of its kept stretches. */
function withMarks(buffer: Buffer, kept: readonly Span[], mark: string): Buffer {
  const markLength = mark.length + INDEX_DIGITS
  let length = buffer.length + kept.length * markLength
  for (const { start, end } of kept) length -= end - start
  const marked = Buffer.allocUnsafe(length)
  let from = 0
  let at = 0
  for (const [index, { start, end }] of kept.entries()) {
    at += buffer.copy(marked, at, from, start)
    at += marked.write(mark + String(index).padStart(INDEX_DIGITS, '0'), at, 'latin1')
    from = end
  }
  buffer.copy(marked, at, from)
  return marked
}

const NONE: readonly Span[] = []
/** Enough for every string that fits into a body. */
const INDEX_DIGITS = 8

const parsed = (buffer: Buffer): Record<string, unknown> =>
  JSON.parse(buffer.toString('utf8')) as Record<string, unknown>

function restored(json: Buffer, mark: Buffer, buffer: Buffer, kept: readonly Span[]): Bytes[] {
  const pieces: Bytes[] = []
  let at = 0
  for (let found = json.indexOf(mark); found !== -1; found = json.indexOf(mark, at)) {
    pieces.push(json.subarray(at, found))
    at = found + mark.length + INDEX_DIGITS
    const span = kept[Number(json.toString('latin1', found + mark.length, at))]
    if (span !== undefined) pieces.push(buffer.subarray(span.start, span.end))
  }
  pieces.push(json.subarray(at))
  return pieces
}

function keptWithin(buffer: Buffer, scan: ObjectScan, from: number, to: number, limits: KeepingLimits): Span[] {
  let json = limits.jsonInStrings
  return scan.longStrings.flatMap(({ start, end }) => {
    if (start < from || end > to) return []
    if (limits.isKept?.(buffer, start, end) === false) return []
    // Most strings are prose, and there may be many thousands.
    const head = MAY_BE_OTHER.has(buffer[start + 1] ?? 0)
      ? buffer.toString('latin1', start + 1, Math.min(start + 1 + HEAD_BYTES, end - 1))
      : ''
    if (LOOKED_INTO.test(head)) return []
    if (MAY_BE_JSON.test(head)) {
      json -= end - start
      if (json >= 0) return []
    }
    const first = DATA_URL.test(head) ? start + 1 + head.indexOf(',') + 1 : start + 1
    const span = { start: first, end: endOfText(buffer, first, end - 1) }
    return span.end - span.start < limits.string ? [] : [span]
  })
}

/** How a data URL, an address on the web or JSON begins. */
const MAY_BE_OTHER = new Set([...'dDhH{[ \t\r\n\\'].map((letter) => letter.charCodeAt(0)))

/** Room for the type and parameters of a data URL. */
const HEAD_BYTES = 200
/** Texts in base64 are decoded on the way, and addresses on the web have to be seen. */
const LOOKED_INTO = /^(?:data:text\\?\/plain|https?:)/i
const DATA_URL = /^data:/i
const MAY_BE_JSON = /^(?:\s|\\[nrt])*[{[]/

/** White space beyond it is not looked for. */
const MOST_SPACE_BYTES = 1024

/** Where a string's text ends and only white space follows, up to its closing quote at `quote`: it may have to be trimmed. */
function endOfText(buffer: Buffer, start: number, quote: number): number {
  const least = Math.max(start, quote - MOST_SPACE_BYTES)
  let end = quote
  for (;;) {
    if (end - 1 >= least && buffer[end - 1] === SPACE) end -= 1
    else if (end - 2 >= least && endsInEscapedSpace(buffer, start, end)) end -= 2
    else return end
  }
}

const SPACE = 0x20
const BACKSLASH = 0x5c
const ESCAPED_SPACES = new Set([...'nrt'].map((letter) => letter.charCodeAt(0)))

/** A backslash behind another one is a letter, and so is what follows it. */
function endsInEscapedSpace(buffer: Buffer, start: number, end: number): boolean {
  if (!ESCAPED_SPACES.has(buffer[end - 1] ?? 0)) return false
  let slashes = 0
  while (end - 2 - slashes >= start && buffer[end - 2 - slashes] === BACKSLASH) slashes += 1
  return slashes % 2 === 1
}
