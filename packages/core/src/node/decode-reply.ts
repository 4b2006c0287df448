import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import type { Headers } from '../transport.ts'

/** Makes what undoes one encoding, by how its bytes begin. `undefined`: they are as they should be, and only called encoded. */
type MakeDecoder = (beginning: Buffer) => Transform | undefined

const gunzip: MakeDecoder = (bytes) => (bytes[0] === 0x1f ? createGunzip() : undefined)

/** https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1 */
const decoders: ReadonlyMap<string, MakeDecoder> = new Map([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  // With its own head, as the standard wants it, or without.
  ['deflate', (bytes) => (((bytes[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw())],
  ['br', () => createBrotliDecompress()],
])

/** How to undo the encoding of a reply that nobody asked for; `undefined` where there is none, or none that is known. */
export const decoderFor = (headers: Headers): MakeDecoder | undefined =>
  decoders.get(headers['content-encoding']?.trim().toLowerCase() ?? '')

/** The headers as they are once the encoding is undone. */
export function decodedHeaders(headers: Headers): Headers {
  const { 'content-encoding': _encoding, 'content-length': _length, ...rest } = headers
  return rest
}
