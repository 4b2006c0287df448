const LF = 0x0a
const SPACE = 0x20
const QUOTE = 0x22
const NAME = Buffer.from('event: ')
const DATA = Buffer.from('data: {"type":')

/** Where things stand in an event that is named by its type. */
export interface TypedEvent {
  readonly type: string
  /** Where its data begins, which ends with its only line. */
  readonly dataStart: number
  /** Where its data goes on behind the type. */
  readonly rest: number
}

/**
 * Reads the type of an event and no more: it may be as long as the whole answer, and need not be parsed to know it.
 *
 * @returns `undefined` unless it is beyond doubt: data in one line, with the type first in it, and the same name before it or none.
 */
export function typedEvent(frame: Buffer): TypedEvent | undefined {
  const nameEnd = standsAt(frame, NAME, 0) ? frame.indexOf(LF, NAME.length) : -1
  const line = nameEnd + 1
  if (!standsAt(frame, DATA, line)) return undefined
  const open = line + DATA.length + (frame[line + DATA.length] === SPACE ? 1 : 0)
  if (frame[open] !== QUOTE) return undefined
  const start = open + 1
  let end = start
  while (isOfTypes(frame[end])) end += 1
  if (frame[end] !== QUOTE || frame.indexOf(LF, end) !== frame.length - 2) return undefined
  if (nameEnd !== -1) {
    if (nameEnd - NAME.length !== end - start) return undefined
    for (let at = start; at < end; at += 1) if (frame[at] !== frame[NAME.length + at - start]) return undefined
  }
  return { type: frame.toString('latin1', start, end), dataStart: line + BEFORE_DATA, rest: end + 1 }
}

const BEFORE_DATA = 'data: '.length

/** Letters, digits and what joins them: nothing that JSON would spell in two ways. */
const isOfTypes = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 0x61 && byte <= 0x7a) || byte === 0x5f || byte === 0x2e || isUpperOrDigit(byte))

const isUpperOrDigit = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39)

/** So few that a loop is quicker than a native comparison. */
function standsAt(frame: Buffer, bytes: Buffer, from: number): boolean {
  for (let at = 0; at < bytes.length; at += 1) if (frame[from + at] !== bytes[at]) return false
  return true
}
