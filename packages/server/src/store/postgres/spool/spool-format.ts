import { crc32 } from 'node:zlib'

/**
 * A spool is a header and then records, each with its length and its checksum before it:
 *
 *     mark (4 bytes) · length of the text · CRC-32 of the length and the text · the text in UTF-8
 *
 * The mark begins with a byte that no UTF-8 has, so that behind a damaged record the next one is found.
 */
const MARK = Buffer.from([0xff, 0x53, 0x50, 0x4b])
const HEAD_BYTES = 12
/** Nothing that is written comes near it: a length beyond it is damaged. */
const MOST_BYTES = 64 * 1024 * 1024

export function encodeSpooled(text: string): Buffer {
  const body = Buffer.from(text)
  const head = Buffer.allocUnsafe(HEAD_BYTES)
  MARK.copy(head)
  head.writeUInt32BE(body.length, 4)
  head.writeUInt32BE(checksumOf(head, body), 8)
  return Buffer.concat([head, body])
}

const checksumOf = (head: Buffer, body: Buffer): number => crc32(body, crc32(head.subarray(4, 8)))

/** What a piece of a spool holds. */
export interface Spooled {
  readonly texts: readonly string[]
  /** How many places between two records hold something else than was written. */
  readonly damaged: number
  /** Up to where it was read, in bytes: what is behind is no whole record. */
  readonly end: number
}

/**
 * Reads the records of a piece of a spool which begins with one. What stands behind the last whole record was being written when its process
 * ended, and was never told to anybody.
 *
 * @param most how many records at the most.
 */
export function readSpooled(bytes: Buffer, most = Infinity): Spooled {
  const texts: string[] = []
  let damaged = 0
  let end = 0
  let at = 0
  while (at < bytes.length && texts.length < most) {
    const length = lengthAt(bytes, at)
    if (length === undefined) {
      at = nextMark(bytes, at)
      continue
    }
    if (at > end) damaged += 1
    texts.push(bytes.toString('utf8', at + HEAD_BYTES, at + HEAD_BYTES + length))
    at += HEAD_BYTES + length
    end = at
  }
  return { texts, damaged, end }
}

/** How long the text of the record at a place is; `undefined`: there is no whole record. */
function lengthAt(bytes: Buffer, at: number): number | undefined {
  const from = at + HEAD_BYTES
  if (from > bytes.length || !bytes.subarray(at, at + MARK.length).equals(MARK)) return undefined
  const head = bytes.subarray(at, from)
  const length = head.readUInt32BE(4)
  if (length > MOST_BYTES || from + length > bytes.length) return undefined
  return checksumOf(head, bytes.subarray(from, from + length)) === head.readUInt32BE(8) ? length : undefined
}

function nextMark(bytes: Buffer, at: number): number {
  const next = bytes.indexOf(MARK, at + 1)
  return next === -1 ? bytes.length : next
}
