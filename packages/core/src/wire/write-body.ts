import { SpekaError } from '../errors.ts'
import type { Bytes } from '../transport.ts'
import { scanObject, type ObjectScan } from './scan-object.ts'

/**
 * A request made by code, as the bytes that a caller would have sent.
 *
 * @throws SpekaError `invalid_json` when it is nested too deep.
 */
export function writeBody(request: object): { body: Bytes; scan: ObjectScan } {
  const body = Buffer.from(JSON.stringify(request))
  const scan = scanObject(body)
  if (scan === undefined) throw new SpekaError('invalid_json', 'The request is nested deeper than 64 levels.')
  return { body, scan }
}
