import type { Bytes } from '../transport.ts'
import { keyText, stringEnd, stringEndWithin } from './json-string.ts'

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
  /** Bytes of a number, or of anything else that stands in one piece outside of strings. */
  readonly numberBytes: number
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
  numberBytes: NONE,
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
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
/** Bytes that have no meaning of their own outside of strings: those of numbers and literals. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  '"{}[]:, \n\r\t'.includes(String.fromCharCode(byte)) ? 0 : 1,
)
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
export const scanWithin = (bytes: Bytes, limits: ScanLimits, maxDepth = limits.depth): ObjectScan | ScanFailure =>
  scanFrom(asBuffer(bytes), limits, maxDepth) ?? 'object'

/**
 * The same in slices, with a yield between two of them: who has others waiting gives them a turn.
 *
 * @param work of a slice, in bytes that are looked at one by one.
 */
export function* scanInSlices(
  bytes: Bytes,
  limits: ScanLimits,
  work = SLICE_BYTES,
): Generator<undefined, ObjectScan | ScanFailure, undefined> {
  const buffer = asBuffer(bytes)
  const slice: Slice = { work, paused: undefined }
  for (;;) {
    const scan = scanFrom(buffer, limits, limits.depth, slice)
    if (scan !== undefined) return scan
    yield
  }
}

/** A scan that is done in parts: how much of it at once, and what it was at when it paused. */
interface Slice {
  readonly work: number
  paused: Paused | undefined
}

interface Paused {
  readonly start: number
  readonly members: Member[]
  readonly longStrings: Span[]
  readonly depth: number
  readonly deepest: number
  readonly containers: number
  readonly strings: number
  readonly commas: number
  readonly short: number
  readonly longest: number
  readonly key: Span | undefined
  readonly valueStart: number
  readonly bareStop: number
  /** The next byte to look at; of a string that has not ended, its opening quote. */
  readonly at: number
  /** Where a string goes on that has not ended; -1: there is none. */
  readonly within: number
}

/** Scans on from where it paused; `undefined` when it has paused again. Without a slice it never does. */
function scanFrom(
  buffer: Buffer,
  limits: ScanLimits,
  maxDepth: number,
  slice?: Slice,
): ObjectScan | ScanFailure | undefined {
  const length = buffer.length
  const paused = slice?.paused
  const start = paused?.start ?? skipSpace(buffer, 0, Math.min(length, limits.bareBytes))
  if (buffer[start] !== OPEN_BRACE) return start < length && isSpace(buffer[start]) ? 'bareBytes' : 'object'
  const { members: maxMembers, containers: maxContainers, strings: maxStrings, commas: maxCommas } = limits
  const { numberBytes: maxNumber } = limits
  let members: Member[] = []
  let longStrings: Span[] = []
  let depth = 1
  let deepest = 1
  let containers = 1
  let strings = 0
  let commas = 0
  let short = 0
  let longest = LONG_STRING_BYTES
  let key: Span | undefined
  let valueStart = -1
  let within = -1
  let at = start + 1
  // Each string moves it on by its own length.
  let bareStop = limits.bareBytes
  if (paused !== undefined) {
    ;({ members, longStrings, depth, deepest, containers, strings, commas, short, longest, key } = paused)
    ;({ valueStart, bareStop, within, at } = paused)
  }
  // The same, but that a string counts as much as it takes to find its end.
  let pauseAt = slice === undefined ? NONE : at + slice.work
  let stop = Math.min(length, bareStop, pauseAt)
  for (; at < stop; at += 1) {
    const byte = buffer[at]
    switch (byte) {
      case QUOTE: {
        const end =
          slice === undefined
            ? stringEnd(buffer, at)
            : stringEndWithin(buffer, within === -1 ? at + 1 : within, slice.work)
        if (end === -1) return 'object'
        if (end < -1) {
          within = ~end
          pauseAt = at
          stop = at
          at -= 1
          break
        }
        within = -1
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
        if (stop < length) {
          bareStop += end - at
          pauseAt += end - at - lookedAt(end - at)
          stop = Math.min(length, bareStop, pauseAt)
        }
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
      default: {
        const first = at
        if (depth === 1 && valueStart === -1) valueStart = at
        while (at + 1 < stop && (PLAIN[buffer[at + 1] ?? 0] ?? 0) === 1) at += 1
        if (at - first >= maxNumber) return 'numberBytes'
      }
    }
  }
  if (at >= length) return 'object'
  if (slice === undefined || at >= bareStop) return 'bareBytes'
  slice.paused = {
    start,
    members,
    longStrings,
    depth,
    deepest,
    containers,
    strings,
    commas,
    short,
    longest,
    key,
    valueStart,
    bareStop,
    at,
    within,
  }
  return undefined
}

/** Bytes that are looked at one by one between two yields: a millisecond's worth. */
const SLICE_BYTES = 256 * 1024

/** How many bytes of a string it takes to look at: the rest is passed by natively, or was counted on the way. */
const lookedAt = (length: number): number => Math.min(length, 64) + (length >> 6)

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

/** `bytes` as a `Buffer` over the same memory. */
export function asBuffer(bytes: Bytes): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function memberOf(buffer: Buffer, key: Span, valueStart: number, limit: number): Member {
  let valueEnd = limit
  while (valueEnd > valueStart && isSpace(buffer[valueEnd - 1])) valueEnd -= 1
  return { key: keyText(buffer, key), keyStart: key.start, valueStart, valueEnd }
}

/** The first place from `from` on that is no JSON whitespace; `until` at the latest. */
export function skipSpace(buffer: Buffer, from: number, until = buffer.length): number {
  let at = from
  while (at < until && isSpace(buffer[at])) at += 1
  return at
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
