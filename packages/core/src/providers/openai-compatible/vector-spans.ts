import type { Span } from '../../bytes/scan-object.ts'
import { stringEnd } from '../../bytes/json-string.ts'

/** Where a vector stands in an answer, brackets or quotes included, and how it is written. */
export interface VectorSpan extends Span {
  readonly format: 'float' | 'base64'
}

/** The key of a vector, as JSON writers spell it. Inside of a text its quotes would be escaped. */
const KEY = Buffer.from('"embedding":')

const QUOTE = 0x22
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/**
 * Finds the vectors in an answer without reading their numbers: native searches only. What looks like something else (an
 * empty list, `NaN`, texts, escapes) is left for a parser to judge.
 */
export function vectorSpans(bytes: Buffer): VectorSpan[] {
  const spans: VectorSpan[] = []
  for (let at = bytes.indexOf(KEY); at !== -1; at = bytes.indexOf(KEY, at)) {
    at = valueAfter(bytes, at + KEY.length)
    const span = bytes[at] === QUOTE ? textAt(bytes, at) : bytes[at] === OPEN_BRACKET ? listAt(bytes, at) : undefined
    if (span === undefined) continue
    spans.push(span)
    at = span.end
  }
  return spans
}

function listAt(bytes: Buffer, start: number): VectorSpan | undefined {
  const close = bytes.indexOf(CLOSE_BRACKET, start)
  if (close === -1) return undefined
  const inside = bytes.subarray(start + 1, close)
  return inside.length > 0 && NOT_IN_NUMBERS.every((byte) => !inside.includes(byte))
    ? { start, end: close + 1, format: 'float' }
    : undefined
}

/** What begins a text, a list or an object, and what is in `null`, `NaN` and `Infinity`. */
const NOT_IN_NUMBERS = Buffer.from('"[{nN')

function textAt(bytes: Buffer, start: number): VectorSpan | undefined {
  const end = stringEnd(bytes, start)
  const text = end === -1 ? '' : bytes.toString('latin1', start + 1, end - 1)
  return isBase64(text) && Buffer.byteLength(text, 'base64') % 4 === 0 ? { start, end, format: 'base64' } : undefined
}

const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)

function valueAfter(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1
  return at
}
