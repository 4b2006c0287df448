import { SpekaError } from '../errors.ts'
import type { Bytes } from '../transport.ts'
import { isRecord } from './read-usage.ts'
import { asBuffer, nestsDeeperThan, scanObject, type ObjectScan } from './scan-object.ts'

/** Stands in a parsed body for a string too long to be worth decoding. */
export const LONG_STRING_MARK = '…'

/** How deep a request may be nested. `JSON.stringify` overflows the stack far above it. */
export const MAX_DEPTH = 64

/** Members that decide what a request costs or where it goes. Two parsers may keep a different one of two, so there may be one. */
const SINGLE = new Set([
  'model',
  'models',
  'messages',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'n',
  'provider',
])

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const MARK = Buffer.from(JSON.stringify(LONG_STRING_MARK))

export interface ParsedBody {
  readonly value: Record<string, unknown>
  readonly scan: ObjectScan
}

/**
 * Parses a request body that must be a JSON object. Long strings are skipped, not decoded: see {@link LONG_STRING_MARK}.
 *
 * @throws SpekaError `invalid_json` for anything that is not valid UTF-8, not JSON, not an object, too deep, or that
 *   carries a `__proto__` key; `duplicate_parameter` for a second `model`, `stream` and their like.
 */
export function parseBody(body: Bytes): ParsedBody {
  const text = decode(body)
  const scan = scanObject(body, MAX_DEPTH)
  if (scan === undefined) throw whyNoObject(body, text)
  const outline = scan.longStrings.length === 0 ? text : outlineOf(body, scan)
  const value = parse(outline)
  if (!isRecord(value)) throw notAnObject()
  if (mayHide(outline) && hasProtoKey(value)) {
    throw new SpekaError('invalid_json', 'The request has a key called "__proto__", which is not accepted. Rename it.')
  }
  refuseDuplicates(scan)
  return { value, scan }
}

function decode(body: Bytes): string {
  try {
    return utf8.decode(body)
  } catch (cause) {
    throw new SpekaError('invalid_json', 'The request body is not valid UTF-8. Send JSON encoded as UTF-8.', { cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new SpekaError('invalid_json', `The request body is not valid JSON: ${reason(cause)}.`, { cause })
  }
}

/** The parser's words without the snippet of the body that V8 quotes in them. */
function reason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : ''
  const position = /at position (\d+)/.exec(message)?.[1]
  if (message.includes('end of JSON input') || message.includes('Unterminated')) return 'it ends too early'
  return position === undefined ? 'it cannot be parsed' : `unexpected character at position ${position}`
}

function whyNoObject(body: Bytes, text: string): SpekaError {
  if (text.trim() === '') return new SpekaError('invalid_json', 'The request body is empty. Send a JSON object.')
  if (nestsDeeperThan(body, MAX_DEPTH)) {
    return new SpekaError('invalid_json', `The request body is nested deeper than ${MAX_DEPTH} levels.`)
  }
  parse(text)
  return notAnObject()
}

const notAnObject = (): SpekaError =>
  new SpekaError('invalid_json', 'The request body must be a JSON object: { "model": …, "messages": … }.')

function outlineOf(body: Bytes, scan: ObjectScan): string {
  const buffer = asBuffer(body)
  const pieces: Buffer[] = []
  let at = 0
  for (const { start, end } of scan.longStrings) {
    pieces.push(buffer.subarray(at, start), MARK)
    at = end
  }
  pieces.push(buffer.subarray(at))
  return Buffer.concat(pieces).toString('utf8')
}

/** A key can only be `__proto__` if it is spelled out or hidden behind an escape. */
const mayHide = (text: string): boolean => text.includes('__proto__') || text.includes('\\u')

function hasProtoKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(hasProtoKey)
  return Object.entries(value).some(([key, inner]) => key === '__proto__' || hasProtoKey(inner))
}

function refuseDuplicates(scan: ObjectScan): void {
  const seen = new Set<string>()
  for (const { key } of scan.members) {
    if (!SINGLE.has(key)) continue
    if (seen.has(key)) {
      throw new SpekaError(
        'duplicate_parameter',
        `The request has "${key}" twice. Send it once, so that what is priced is what runs.`,
        { param: key },
      )
    }
    seen.add(key)
  }
}
