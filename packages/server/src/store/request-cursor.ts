import { SpekaError } from '@speka/core'
import { crc32 } from 'node:zlib'

/**
 * Writes down where a page ended, for its reader to hand back. What is in it is nobody's business: it has a checksum, so
 * that what was never given out is refused and not taken for some place.
 */
export function writeCursor(place: readonly (string | number)[]): string {
  const text = JSON.stringify(place)
  return Buffer.from(`${crc32(text).toString(36)}${text}`).toString('base64url')
}

/**
 * @param shape what each part of the place is.
 * @throws SpekaError `invalid_value` with the param `after`.
 */
export function readCursor(cursor: string, shape: readonly ('string' | 'number')[]): readonly (string | number)[] {
  const [, sum, text] = /^([0-9a-z]+)(\[.*\])$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  const place = text === undefined || crc32(text).toString(36) !== sum ? undefined : parse(text)
  const fits =
    Array.isArray(place) && shape.length === place.length && place.every((part, at) => typeof part === shape[at])
  if (fits && writeCursor(place) === cursor) return place
  throw new SpekaError('invalid_value', 'after is no cursor that was given out here: take the next of a page.', {
    param: 'after',
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
