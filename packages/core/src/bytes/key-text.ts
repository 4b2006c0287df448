import type { Span } from './scan-object.ts'

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
