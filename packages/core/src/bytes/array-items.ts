import { stringEnd } from './json-string.ts'
import { skipSpace, type Span } from './scan-object.ts'
import type { Edit } from './splice.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** Where the items of an array of JSON stand; `undefined` where there is no array. The JSON has been parsed before. */
export function itemsIn(buffer: Buffer, { start, end }: Span): Span[] | undefined {
  let at = skipSpace(buffer, start, end)
  if (buffer[at] !== OPEN_BRACKET) return undefined
  const items: Span[] = []
  at = skipSpace(buffer, at + 1, end)
  while (at < end && buffer[at] !== CLOSE_BRACKET) {
    const valueEnd = endOfValue(buffer, at, end)
    items.push({ start: at, end: valueEnd })
    at = skipSpace(buffer, valueEnd, end)
    if (buffer[at] === COMMA) at = skipSpace(buffer, at + 1, end)
  }
  return items
}

function endOfValue(buffer: Buffer, start: number, end: number): number {
  let depth = 0
  for (let at = start; at < end; at += 1) {
    const byte = buffer[at]
    if (byte === QUOTE) {
      at = stringEnd(buffer, at) - 1
      if (depth === 0) return at + 1
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return at
      depth -= 1
      if (depth === 0) return at + 1
    } else if (byte === COMMA && depth === 0) return at
  }
  return end
}

/** Takes items out of an array, with the commas that they no longer need; what is left stays as it is spelled. */
export function dropItems(items: readonly Span[], isDropped: (index: number) => boolean): Edit[] {
  const edits: Edit[] = []
  for (let index = 0; index < items.length; index += 1) {
    if (!isDropped(index)) continue
    const first = index
    while (index + 1 < items.length && isDropped(index + 1)) index += 1
    const [before, next] = [items[first - 1], items[index + 1]]
    const start = next === undefined ? (before?.end ?? items[first]?.start ?? 0) : (items[first]?.start ?? 0)
    edits.push({ start, end: next?.start ?? items[index]?.end ?? start, text: '' })
  }
  return edits
}
