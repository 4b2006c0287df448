import { SpekaError } from '../errors.ts'
import type { Bytes } from '../transport.ts'
import { isRecord } from './read-usage.ts'
import { asBuffer, memberCalled, nestsDeeperThan, scanObject, type ObjectScan } from './scan-object.ts'

/** Stands in a parsed body for a string too long to be worth decoding. */
export const LONG_STRING_MARK = '…'

/** How deep a request may be nested. `JSON.stringify` overflows the stack far above it. */
const MAX_DEPTH = 64

/** More than any API has fields. What looks a field up looks through them all. */
const MOST_FIELDS = 500

/** Members that decide what a request costs or where it goes. Two parsers may keep a different one of two, so there may be one. */
const SINGLE = new Set([
  'model',
  'models',
  'messages',
  'input',
  'prompt',
  'size',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'n',
  'provider',
])

const PIECE_BYTES = 32 * 1024

const isContinuation = (byte = 0): boolean => (byte & 0xc0) === 0x80

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
export function parseBody(body: Bytes, isUtf8: IsUtf8 = decodes): ParsedBody {
  if (!isUtf8(body))
    throw new SpekaError('invalid_json', 'The request body is not valid UTF-8. Send JSON encoded as UTF-8.')
  const scan = scanObject(body, MAX_DEPTH)
  if (scan === undefined) throw whyNoObject(body)
  if (scan.members.length > MOST_FIELDS)
    throw new SpekaError('invalid_json', `The request has more than ${MOST_FIELDS} fields.`)
  const outline = scan.longStrings.length === 0 ? asBuffer(body).toString('utf8') : outlineOf(body, scan)
  const value = parse(outline)
  if (!isRecord(value)) throw notAnObject()
  const poison = mayHide(outline) ? poisonIn(value) : undefined
  if (poison !== undefined) {
    throw new SpekaError('invalid_json', `The request has a key called "${poison}", which is not accepted. Rename it.`)
  }
  // As many as the parser has kept: none is there twice.
  if (scan.members.length > Object.keys(value).length) refuseDuplicates(scan, '', (key) => SINGLE.has(key))
  refuseDuplicateOptions(body, scan)
  return { value, scan }
}

/**
 * Parses a request body that is to be rewritten, so that its long strings are needed as well.
 *
 * @throws SpekaError what {@link parseBody} finds.
 */
export function parseWholeBody(body: Bytes, isUtf8?: IsUtf8): Record<string, unknown> {
  const { value, scan } = parseBody(body, isUtf8)
  if (scan.longStrings.length === 0) return value
  return parse(asBuffer(body).toString('utf8')) as Record<string, unknown>
}

/** Whether bytes are valid UTF-8. Node has a quicker way, which the server hands in. */
export type IsUtf8 = (bytes: Bytes) => boolean

/** Decodes piece by piece: one string of a large body would cost more than everything else that is done with it. */
const decodes: IsUtf8 = (bytes) => {
  try {
    for (let start = 0; start < bytes.length;) {
      let end = Math.min(start + PIECE_BYTES, bytes.length)
      // Not within a character, which has at most three bytes behind its first.
      for (let back = 0; back < 3 && end < bytes.length && isContinuation(bytes[end]); back += 1) end -= 1
      utf8.decode(bytes.subarray(start, end))
      start = end
    }
    return true
  } catch {
    return false
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new SpekaError('invalid_json', `The request body is not valid JSON: ${reason(cause, text.length)}.`, {
      cause,
    })
  }
}

/** The parser's words without the snippet of the body that V8 quotes in them. */
function reason(cause: unknown, length: number): string {
  const message = cause instanceof Error ? cause.message : ''
  const position = /at position (\d+)/.exec(message)?.[1]
  if (message.includes('end of JSON input') || message.includes('Unterminated')) return 'it ends too early'
  if (Number(position) === length) return 'it ends too early'
  return position === undefined ? 'it cannot be parsed' : `unexpected character at position ${position}`
}

function whyNoObject(body: Bytes): SpekaError {
  const text = asBuffer(body).toString('utf8')
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

/** A key can only be poison if it is spelled out or hidden behind an escape. */
const mayHide = (text: string): boolean =>
  text.includes('__proto__') || text.includes('constructor') || text.includes('\\u')

/** A key by which a careless copy of the value would reach the prototype that all objects share. */
function poisonIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (Object.hasOwn(value, '__proto__')) return '__proto__'
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'constructor' && isRecord(inner) && Object.hasOwn(inner, 'prototype')) return 'constructor'
    const found = poisonIn(inner)
    if (found !== undefined) return found
  }
  return undefined
}

function refuseDuplicates({ members }: ObjectScan, path: string, single: (key: string) => boolean): void {
  const seen = new Set<string>()
  for (const { key } of members) {
    if (!single(key)) continue
    if (seen.has(key)) {
      const param = path + key
      const message = `The request has "${param}" twice. Send it once, so that what is priced is what runs.`
      throw new SpekaError('duplicate_parameter', message, { param })
    }
    seen.add(key)
  }
}

/** `include_usage` decides whether an answer can be priced, so it too may be there only once. */
function refuseDuplicateOptions(body: Bytes, scan: ObjectScan): void {
  const member = memberCalled(scan, 'stream_options')
  const options = member && scanObject(body.subarray(member.valueStart, member.valueEnd))
  if (options !== undefined) refuseDuplicates(options, 'stream_options.', (key) => key === 'include_usage')
}
