/** CRC-32 as zlib, PNG and Amazon's event streams have it: ISO 3309, section 8.1.1.6.2. */

const POLYNOMIAL = 0xedb88320

/** What each byte makes of the remainder. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
  return crc
})

/**
 * The checksum of the bytes from `start` to `end`. In plain JavaScript, since not all runtimes have Node's, and no slower for events
 * of a few hundred bytes.
 */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = 0xffffffff
  for (let at = start; at < end; at += 1) crc = (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}
