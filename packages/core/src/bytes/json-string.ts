import type { Span } from './scan-object.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** Up to this many bytes of a string a loop is quicker than a native search. */
const SHORT_STRING = 24
/** The same behind a quote that is escaped. */
const QUOTED_STRETCH = 512
/** More backslashes than any text has in a row. */
const MOST_SLASHES = 4096

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

/**
 * The same from a place within the string on, in parts.
 *
 * @returns `~place` to go on at once about `most` bytes were looked at one by one.
 */
export function stringEndWithin(buffer: Buffer, from: number, most: number): number {
  let looked = 0
  let near = Math.min(from + SHORT_STRING, buffer.length)
  let at = from
  for (;;) {
    const since = at
    for (; at < near; at += 1) {
      const byte = buffer[at]
      if (byte === QUOTE) return at + 1
      if (byte === BACKSLASH) at += 1
    }
    looked += at - since
    if (looked > most) return ~at
    const quote = buffer.indexOf(QUOTE, at)
    if (quote === -1) return -1
    const least = Math.max(at, quote - MOST_SLASHES)
    let first = quote
    while (first > least && buffer[first - 1] === BACKSLASH) first -= 1
    if (first === least && least > at) {
      // Too many backslashes to count them backwards: each of them escapes the next, from here on.
      near = Math.min(at + most + 1, quote)
      continue
    }
    if ((quote - first) % 2 === 0) return quote + 1
    at = quote + 1
    near = Math.min(at + QUOTED_STRETCH, buffer.length)
  }
}

/** Keys seen before, each in the place that its length and its ends give: requests and answers have the same few. */
const keysSeen: (string | undefined)[] = Array.from({ length: 256 })
/** Far above any key that is seen again. */
const LONGEST_KEY_KEPT = 64
/** Where keys are cut off. */
const LONGEST_KEY = 4096

/** What a key says whose string stands there, quotes included; of one that is longer than any name, its beginning. */
export function keyText(buffer: Buffer, { start, end }: Span): string {
  const from = start + 1
  // No name that anybody asks for is longer.
  const to = Math.min(end - 1, from + LONGEST_KEY)
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
