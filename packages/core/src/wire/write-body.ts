import { SpekaError } from '../errors.ts'
import type { Bytes } from '../transport.ts'
import { scanObject, type ObjectScan } from '../bytes/scan-object.ts'
import { join } from '../bytes/splice.ts'

/** A value as JSON, in pieces. */
export type WriteJson = (value: unknown) => readonly Bytes[]

const inOnePiece: WriteJson = (value) => [Buffer.from(JSON.stringify(value))]

/**
 * A request made by code, as the bytes that a caller would have sent.
 *
 * @param write how to write its JSON, where it has to put something in.
 *
 * @throws SpekaError `invalid_json` when it is nested too deep.
 */
export function writeBody(request: object, write: WriteJson = inOnePiece): { body: Bytes; scan: ObjectScan } {
  const body = join(write(request))
  const scan = scanObject(body)
  if (scan === undefined) throw new SpekaError('invalid_json', 'The request is nested deeper than 64 levels.')
  return { body, scan }
}
