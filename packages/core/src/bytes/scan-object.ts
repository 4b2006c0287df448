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
  /** Strings longer than {@link LONG_STRING_BYTES}, or {@link LONG_AMONG_MANY_BYTES}, quotes included, at any depth. */
  readonly longStrings: readonly Span[]
  /** How deep values are nested; a flat object has depth 1. */
  readonly depth: number
  /** The object itself, braces included. */
  readonly object: Span
}

/** How much of each kind a scan puts up with before it gives up. */
export interface ScanLimits {
  /** How deep values may be nested. */
  readonly depth: number
  /** The object's own members. */
  readonly members: number
  /** Objects and arrays, at any depth. */
  readonly containers: number
  /** Strings, the names of fields among them. */
  readonly strings: number
  /** Commas: what stands in arrays and objects, but for the first of each. */
  readonly commas: number
  /** Bytes outside of strings. A scan looks at each of them, and passes strings by. */
  readonly bareBytes: number
}

/** Why a scan has no result: something is above its limit, or there is no whole object. */
export type ScanFailure = keyof ScanLimits | 'object'

/** Above what a buffer can hold, and still a small integer to the engine. */
const NONE = 0x3fffffff
const noLimits: ScanLimits = {
  depth: NONE,
  members: NONE,
  containers: NONE,
  strings: NONE,
  commas: NONE,
  bareBytes: NONE,
}

/** Strings above this many bytes are reported, so that a large prompt need not be decoded to be understood. */
export const LONG_STRING_BYTES = 4096
/** The same once all shorter ones together have come to so many bytes: a large prompt may be in many pieces. */
export const LONG_AMONG_MANY_BYTES = 64
export const MOST_SHORT_BYTES = 4 * 1024 * 1024

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
/** The same behind a quote that is escaped. */
const QUOTED_STRETCH = 512

/**
 * Finds the members of the JSON object in `bytes` without decoding or copying it: one pass that skips over strings.
 * It finds structure; it does not prove that the JSON is valid, which is the parser's work.
 *
 * @returns `undefined` when there is no complete object, or when it is nested deeper than `maxDepth`.
 */
export function scanObject(bytes: Bytes, maxDepth = 64): ObjectScan | undefined {
  const scan = scanWithin(bytes, noLimits, maxDepth)
  return typeof scan === 'string' ? undefined : scan
}

/** The same within limits, so that what it costs has an end whatever the bytes are. */
export function scanWithin(bytes: Bytes, limits: ScanLimits, maxDepth = limits.depth): ObjectScan | ScanFailure {
  const buffer = asBuffer(bytes)
  const length = buffer.length
  const start = skipSpace(buffer, 0, Math.min(length, limits.bareBytes))
  if (buffer[start] !== OPEN_BRACE) return start < length && isSpace(buffer[start]) ? 'bareBytes' : 'object'
  const { members: maxMembers, containers: maxContainers, strings: maxStrings, commas: maxCommas } = limits
  const members: Member[] = []
  const longStrings: Span[] = []
  let depth = 1
  let deepest = 1
  let containers = 1
  let strings = 0
  let commas = 0
  let short = 0
  let longest = LONG_STRING_BYTES
  let key: Span | undefined
  let valueStart = -1
  // Each string moves it on by its own length.
  let stop = Math.min(length, limits.bareBytes)
  let at = start + 1
  for (; at < stop; at += 1) {
    const byte = buffer[at]
    switch (byte) {
      case QUOTE: {
        const end = stringEnd(buffer, at)
        if (end === -1) return 'object'
        strings += 1
        if (strings > maxStrings) return 'strings'
        if (end - at > longest) longStrings.push({ start: at, end })
        else {
          short += end - at
          if (short > MOST_SHORT_BYTES) longest = LONG_AMONG_MANY_BYTES
        }
        if (depth === 1) {
          if (key === undefined) key = { start: at, end }
          else if (valueStart === -1) valueStart = at
        }
        if (stop < length) stop = Math.min(length, stop + end - at)
        at = end - 1
        break
      }
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (depth === 1 && valueStart === -1) valueStart = at
        containers += 1
        if (containers > maxContainers) return 'containers'
        depth += 1
        if (depth > deepest) deepest = depth
        if (depth > maxDepth) return 'depth'
        break
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1
        if (depth === 0) {
          if (key !== undefined) members.push(memberOf(buffer, key, valueStart, at))
          if (members.length > maxMembers) return 'members'
          return { members, longStrings, depth: deepest, object: { start, end: at + 1 } }
        }
        break
      case COMMA:
        commas += 1
        if (commas > maxCommas) return 'commas'
        if (depth === 1) {
          if (key === undefined) return 'object'
          members.push(memberOf(buffer, key, valueStart, at))
          if (members.length > maxMembers) return 'members'
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
  return at < length ? 'bareBytes' : 'object'
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
  let near = Math.min(open + SHORT_STRING, buffer.length)
  let at = open + 1
  for (;;) {
    for (; at < near; at += 1) {
      const byte = buffer[at]
      if (byte === QUOTE) return at + 1
      if (byte === BACKSLASH) at += 1
    }
    const quote = buffer.indexOf(QUOTE, at)
    if (quote === -1) return -1
    let slashes = 0
    while (quote - slashes - 1 >= at && buffer[quote - slashes - 1] === BACKSLASH) slashes += 1
    if (slashes % 2 === 0) return quote + 1
    at = quote + 1
    // Where one quote is escaped, others are: JSON in a string, for example.
    near = Math.min(at + QUOTED_STRETCH, buffer.length)
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

/** The first place from `from` on that is no JSON whitespace; `until` at the latest. */
export function skipSpace(buffer: Buffer, from: number, until = buffer.length): number {
  let at = from
  while (at < until && isSpace(buffer[at])) at += 1
  return at
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
