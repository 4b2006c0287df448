import type { Bytes } from '../transport.ts'

/** Where one member of a JSON object stands in its bytes. Offsets count from the start of the bytes. */
export interface Member {
  readonly key: string
  readonly keyStart: number
  readonly valueStart: number
  readonly valueEnd: number
}

/** A stretch of bytes, `end` exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface ObjectScan {
  /** The object's own members, in order; of duplicates, each one. */
  readonly members: readonly Member[]
  /** Strings longer than {@link LONG_STRING_BYTES}, quotes included, at any depth. */
  readonly longStrings: readonly Span[]
  /** How deep values are nested; a flat object has depth 1. */
  readonly depth: number
  /** The object itself, braces included. */
  readonly object: Span
}

/** Strings above this many bytes are reported, so that a large prompt need not be decoded to be understood. */
export const LONG_STRING_BYTES = 4096

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
/** Up to this many bytes of a string a loop is quicker than a native search. */
const SHORT_STRING = 24

/**
 * Finds the members of the JSON object in `bytes` without decoding or copying it: one pass that skips over strings.
 * It finds structure; it does not prove that the JSON is valid, which is the parser's work.
 *
 * @returns `undefined` when there is no complete object, or when it is nested deeper than `maxDepth`.
 */
export function scanObject(bytes: Bytes, maxDepth = 64): ObjectScan | undefined {
  const buffer = asBuffer(bytes)
  const length = buffer.length
  let at = skipSpace(buffer, 0)
  if (buffer[at] !== OPEN_BRACE) return undefined
  const start = at
  const members: Member[] = []
  const longStrings: Span[] = []
  let depth = 1
  let deepest = 1
  let key: Span | undefined
  let valueStart = -1
  at += 1
  for (; at < length; at += 1) {
    const byte = buffer[at]
    switch (byte) {
      case QUOTE: {
        const end = stringEnd(buffer, at)
        if (end === -1) return undefined
        if (end - at > LONG_STRING_BYTES) longStrings.push({ start: at, end })
        if (depth === 1) {
          if (key === undefined) key = { start: at, end }
          else if (valueStart === -1) valueStart = at
        }
        at = end - 1
        break
      }
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (depth === 1 && valueStart === -1) valueStart = at
        depth += 1
        if (depth > deepest) deepest = depth
        if (depth > maxDepth) return undefined
        break
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1
        if (depth === 0) {
          if (key !== undefined) members.push(memberOf(buffer, key, valueStart, at))
          return { members, longStrings, depth: deepest, object: { start, end: at + 1 } }
        }
        break
      case COMMA:
        if (depth === 1) {
          if (key === undefined) return undefined
          members.push(memberOf(buffer, key, valueStart, at))
          key = undefined
          valueStart = -1
        }
        break
      case COLON:
      case 0x20:
      case 0x0a:
      case 0x0d:
      case 0x09:
        break
      default:
        if (depth === 1 && valueStart === -1) valueStart = at
    }
  }
  return undefined
}

/** How deep the JSON in `bytes` is nested, counting no further than one beyond `limit`. */
export function nestsDeeperThan(bytes: Bytes, limit: number): boolean {
  const buffer = asBuffer(bytes)
  let depth = 0
  for (let at = 0; at < buffer.length; at += 1) {
    const byte = buffer[at]
    if (byte === QUOTE) {
      const end = stringEnd(buffer, at)
      if (end === -1) return false
      at = end - 1
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1
      if (depth > limit) return true
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1
    }
  }
  return false
}

/** The last member called `key`, which is the one that JSON parsers keep. */
export function memberCalled(scan: ObjectScan, key: string): Member | undefined {
  for (let index = scan.members.length - 1; index >= 0; index -= 1) {
    const member = scan.members[index]
    if (member?.key === key) return member
  }
  return undefined
}

/** Where the string that opens at `open` ends, its closing quote included; -1 when it does not. */
export function stringEnd(buffer: Buffer, open: number): number {
  const near = Math.min(open + SHORT_STRING, buffer.length)
  let at = open + 1
  for (; at < near; at += 1) {
    const byte = buffer[at]
    if (byte === QUOTE) return at + 1
    if (byte === BACKSLASH) at += 1
  }
  for (;;) {
    const quote = buffer.indexOf(QUOTE, at)
    if (quote === -1) return -1
    let slashes = 0
    while (quote - slashes - 1 >= at && buffer[quote - slashes - 1] === BACKSLASH) slashes += 1
    if (slashes % 2 === 0) return quote + 1
    at = quote + 1
  }
}

/** `bytes` as a `Buffer` over the same memory. */
export function asBuffer(bytes: Bytes): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function memberOf(buffer: Buffer, key: Span, valueStart: number, limit: number): Member {
  let valueEnd = limit
  while (valueEnd > valueStart && isSpace(buffer[valueEnd - 1])) valueEnd -= 1
  return { key: keyText(buffer, key), keyStart: key.start, valueStart, valueEnd }
}

/** Keys seen before, each in the place that its length and its ends give: requests and answers have the same few. */
const keysSeen: (string | undefined)[] = Array.from({ length: 256 })
/** Far above any key that is seen again. */
const LONGEST_KEY_KEPT = 64

function keyText(buffer: Buffer, { start, end }: Span): string {
  const [from, to] = [start + 1, end - 1]
  const place = ((to - from) * 31 + (buffer[from] ?? 0) * 7 + (buffer[to - 1] ?? 0)) & 255
  const seen = keysSeen[place]
  if (seen !== undefined && isSpelled(seen, buffer, from, to)) return seen
  const key = decodeKey(buffer, from, to)
  // As long as its bytes: letters of ASCII alone, and no escapes among them.
  if (key.length === to - from && key.length <= LONGEST_KEY_KEPT) keysSeen[place] = key
  return key
}

function isSpelled(key: string, buffer: Buffer, from: number, to: number): boolean {
  if (key.length !== to - from) return false
  for (let at = 0; at < key.length; at += 1) if (key.charCodeAt(at) !== buffer[from + at]) return false
  return true
}

function decodeKey(buffer: Buffer, from: number, to: number): string {
  const raw = buffer.toString('utf8', from, to)
  if (!raw.includes('\\')) return raw
  try {
    return String(JSON.parse(`"${raw}"`))
  } catch {
    return raw
  }
}

/** The first place from `from` on that is no JSON whitespace. */
export function skipSpace(buffer: Buffer, from: number): number {
  let at = from
  while (isSpace(buffer[at])) at += 1
  return at
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
