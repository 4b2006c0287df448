import { crc32 } from '../bytes/crc32.ts'
import { deflate } from './deflate.ts'

/** Red, green and blue, 0 to 255 each. */
export type Colour = readonly [red: number, green: number, blue: number]

const SIGNATURE = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/**
 * Writes a picture in two colours as a PNG (W3C "Portable Network Graphics", third edition). It stays small where lines
 * are alike.
 *
 * @param rows One array per line, one bit per pixel, the leftmost in the highest bit; set bits are `front`.
 */
export function encodePng(width: number, rows: readonly Uint8Array[], back: Colour, front: Colour): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(rows.length, 4)
  header[8] = 1 // one bit per pixel
  header[9] = 3 // an index into the palette
  // Each line starts with its filter: 0, none.
  const pixels = Buffer.concat(rows.flatMap((row) => [Buffer.of(0), row]))
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.of(...back, ...front)),
    chunk('IDAT', zlib(pixels, (rows[0]?.length ?? 0) + 1)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** RFC 1950: a head, the data, and its sum. */
function zlib(data: Buffer, stride: number): Buffer {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(adler32(data))
  return Buffer.concat([Buffer.of(0x78, 0x01), deflate(data, stride), sum])
}

function adler32(bytes: Buffer): number {
  let low = 1
  let high = 0
  for (const byte of bytes) {
    low = (low + byte) % 65521
    high = (high + low) % 65521
  }
  return ((high << 16) | low) >>> 0
}
