import type { Bytes } from '../transport.ts'
import { crc32 } from './crc32.ts'
import { FrameTooLongError, MAX_FRAME_BYTES, type Cutter } from './frames.ts'
import { asBuffer } from './scan-object.ts'

/** One message of an event stream of Amazon's. */
export interface EventStreamMessage {
  /** `event`, or `exception` and `error` for what ends the stream. */
  readonly kind: string
  /** Which event or exception. */
  readonly type: string
  readonly payload: Buffer
}

/** Two lengths and their checksum. */
const PRELUDE_BYTES = 12
const LENGTHS_BYTES = 8
/** The checksum of all before it, at the end. */
const CHECKSUM_BYTES = 4
const LEAST_BYTES = 16

/**
 * Cuts a binary event stream of Amazon's into events as everybody else sends them: whatever is made of each of its messages.
 * From a message on whose checksum is another one, nothing is read: what its lengths say is not waited for either.
 *
 * https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html
 */
export class EventStreamCutter implements Cutter {
  readonly #frameOf: (message: EventStreamMessage) => Buffer
  readonly #limit: number
  #pieces: Buffer[] = []
  #held = 0
  /** So many bytes must be there for anything to be done. */
  #needed = PRELUDE_BYTES
  #isBroken = false

  constructor(frameOf: (message: EventStreamMessage) => Buffer, limit = MAX_FRAME_BYTES) {
    this.#frameOf = frameOf
    this.#limit = limit
  }

  push(bytes: Bytes, each: (frame: Buffer) => void): void {
    if (this.#isBroken) return
    // Copied when it is kept, so that a small remainder does not keep a large network buffer alive.
    this.#pieces.push(this.#held + bytes.length < this.#needed ? Buffer.from(bytes) : asBuffer(bytes))
    this.#held += bytes.length
    if (this.#held < this.#needed) return
    const chunk = Buffer.concat(this.#pieces)
    let at = 0
    for (;;) {
      const total = this.#lengthAt(chunk, at)
      this.#needed = total ?? PRELUDE_BYTES
      if (total === undefined || (total !== BROKEN && chunk.length - at < total)) break
      const message = total === BROKEN ? undefined : readMessage(chunk.subarray(at, at + total))
      if (message === undefined) {
        this.#isBroken = true
        each(NO_EVENT)
        return
      }
      each(this.#frameOf(message))
      at += total
    }
    this.#pieces = at === chunk.length ? [] : [chunk.subarray(at)]
    this.#held = chunk.length - at
  }

  get held(): number {
    return this.#held
  }

  /** A message that is not whole says nothing. */
  rest(): Buffer {
    this.#pieces = []
    this.#held = 0
    return Buffer.alloc(0)
  }

  /** How long the message is that begins there, or that it cannot be known; `undefined` while that has not come. */
  #lengthAt(chunk: Buffer, at: number): number | typeof BROKEN | undefined {
    if (chunk.length - at < PRELUDE_BYTES) return undefined
    if (!hasChecksum(chunk, at, at + LENGTHS_BYTES)) return BROKEN
    const total = Math.max(LEAST_BYTES, chunk.readUInt32BE(at))
    if (total > this.#limit) throw new FrameTooLongError(this.#limit)
    return total
  }
}

/** A length that is none. */
const BROKEN = -1

/** Whether the checksum of the bytes from `start` to `end` stands behind them. */
const hasChecksum = (bytes: Buffer, start: number, end: number): boolean =>
  crc32(bytes, start, end) === bytes.readUInt32BE(end)

/** What no translator takes for an event. */
const NO_EVENT = Buffer.from('data: -\n\n')

function readMessage(message: Buffer): EventStreamMessage | undefined {
  const end = PRELUDE_BYTES + message.readUInt32BE(4)
  const payloadEnd = message.length - CHECKSUM_BYTES
  if (message.readUInt32BE(0) !== message.length || end > payloadEnd) return undefined
  if (!hasChecksum(message, 0, payloadEnd)) return undefined
  const headers = readHeaders(message.subarray(PRELUDE_BYTES, end))
  const kind = headers?.get(':message-type')
  const type = headers?.get(
    `:${kind === 'event' ? 'event' : kind === 'exception' ? 'exception' : 'error'}-${kind === 'error' ? 'code' : 'type'}`,
  )
  if (kind === undefined || type === undefined || !/^\w+$/.test(type)) return undefined
  return { kind, type, payload: message.subarray(end, payloadEnd) }
}

/** How long a value is, by its type, where that is always the same. */
const lengths: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 }
const BYTES = 6
const TEXT = 7

function readHeaders(bytes: Buffer): ReadonlyMap<string, string> | undefined {
  const headers = new Map<string, string>()
  let at = 0
  while (at < bytes.length) {
    const nameEnd = at + 1 + (bytes[at] ?? 0)
    const type = bytes[nameEnd] ?? -1
    const isSized = type === BYTES || type === TEXT
    const start = nameEnd + (isSized ? 3 : 1)
    if (start > bytes.length) return undefined
    const length = isSized ? bytes.readUInt16BE(nameEnd + 1) : lengths[type]
    if (length === undefined || start + length > bytes.length) return undefined
    if (type === TEXT)
      headers.set(bytes.toString('latin1', at + 1, nameEnd), bytes.toString('utf8', start, start + length))
    at = start + length
  }
  return headers
}
