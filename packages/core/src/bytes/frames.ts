import type { Bytes } from '../transport.ts'
import { asBuffer } from './scan-object.ts'

/** The longest event we accept, in bytes: a longer one is an attack or a fault. */
export const MAX_FRAME_BYTES = 1024 * 1024

const LF = 0x0a
const CR = 0x0d

/** Raised by {@link FrameCutter.push}: the upstream sends one event without end. */
export class FrameTooLongError extends Error {
  override readonly name = 'FrameTooLongError'
  constructor(limit: number) {
    super(`The upstream sent an event longer than ${limit} bytes`)
  }
}

/** Cuts a stream into frames, one event each, wherever the network split it. */
export interface Cutter {
  /**
   * Takes the next bytes and hands over each frame they complete.
   *
   * @param skim may take whole frames from a place in the bytes by itself; returns where they end.
   * @throws FrameTooLongError
   */
  push(bytes: Bytes, each: (frame: Buffer) => void, skim?: (chunk: Buffer, start: number) => number): void
  /** Bytes kept of a frame that is not whole yet. */
  readonly held: number
  /** What came after the last frame that is whole. */
  rest(): Buffer
}

/**
 * Cuts a stream of server-sent events into frames: one event each, through its blank line, wherever the network split
 * it. Line ends come out as LF whatever went in; a byte order mark, surplus blank lines, and frames that are one line
 * without data, comments for the most part, disappear: no event is dispatched for them.
 * See the HTML standard, section 9.2.5 "Parsing an event stream".
 */
export class FrameCutter implements Cutter {
  readonly #limit: number
  #pieces: Buffer[] = []
  #held = 0
  #endsWithLf = false
  #endsWithCr = false
  #first = true

  constructor(limit = MAX_FRAME_BYTES) {
    this.#limit = limit
  }

  /**
   * Takes the next bytes and hands over each frame they complete.
   *
   * @param skim may take whole frames from a place in the bytes by itself; returns where they end.
   * @throws FrameTooLongError
   */
  push(bytes: Bytes, each: (frame: Buffer) => void, skim?: (chunk: Buffer, start: number) => number): void {
    const chunk = this.#toLf(asBuffer(bytes))
    const length = chunk.length
    let start = 0
    while (start < length) {
      if (this.#held === 0) {
        while (chunk[start] === LF) start += 1
        if (start >= length) return
        const past = skim?.(chunk, start) ?? start
        if (past > start) {
          start = past
          continue
        }
      }
      const end = this.#frameEnd(chunk, start)
      if (end === -1) break
      const isInPlace = this.#held === 0 && !this.#first
      // Left out before anything is made of it: a flood of such frames has tens of thousands in one read.
      if (!isInPlace || !saysNothing(chunk, start, end)) {
        const frame = this.#take(chunk.subarray(start, end))
        if (isInPlace || !saysNothing(frame, 0, frame.length)) each(frame)
      }
      start = end
    }
    if (start < length) this.#hold(chunk.subarray(start))
  }

  /** Bytes kept of a frame that is not whole yet. */
  get held(): number {
    return this.#held
  }

  /** What came after the last blank line: a frame that the upstream never finished. */
  rest(): Buffer {
    const rest = Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#held = 0
    return rest
  }

  #frameEnd(chunk: Buffer, start: number): number {
    if (this.#held > 0 && this.#endsWithLf && chunk[start] === LF) return start + 1
    for (let at = start; ;) {
      const lf = chunk.indexOf(LF, at)
      if (lf === -1 || lf + 1 >= chunk.length) return -1
      if (chunk[lf + 1] === LF) return lf + 2
      at = lf + 1
    }
  }

  #take(last: Buffer): Buffer {
    if (this.#held + last.length > this.#limit) throw new FrameTooLongError(this.#limit)
    let frame = last
    if (this.#held > 0) {
      this.#pieces.push(last)
      frame = Buffer.concat(this.#pieces)
      this.#pieces = []
      this.#held = 0
    }
    if (this.#first) {
      this.#first = false
      if (frame[0] === 0xef && frame[1] === 0xbb && frame[2] === 0xbf) frame = frame.subarray(3)
    }
    return frame
  }

  #hold(rest: Buffer): void {
    if (this.#held + rest.length > this.#limit) throw new FrameTooLongError(this.#limit)
    // Copied, so that a small remainder does not keep a large network buffer alive.
    this.#pieces.push(Buffer.from(rest))
    this.#held += rest.length
    this.#endsWithLf = rest[rest.length - 1] === LF
  }

  /** CRLF and CR as LF. A CR at the end of a chunk may be half a CRLF: its LF is then dropped from the next. */
  #toLf(chunk: Buffer): Buffer {
    let from = this.#endsWithCr && chunk[0] === LF ? 1 : 0
    let cr = chunk.indexOf(CR, from)
    if (chunk.length > 0) this.#endsWithCr = chunk[chunk.length - 1] === CR
    if (cr === -1) return from === 0 ? chunk : chunk.subarray(from)
    const out = Buffer.allocUnsafe(chunk.length)
    let written = 0
    for (; cr !== -1; cr = chunk.indexOf(CR, from)) {
      written += chunk.copy(out, written, from, cr)
      out[written++] = LF
      from = chunk[cr + 1] === LF ? cr + 2 : cr + 1
    }
    written += chunk.copy(out, written, from)
    return out.subarray(0, written)
  }
}

const DATA = Buffer.from('data:')
const SHORTEST_WITH_DATA = 'data:1\n\n'.length
const FIRST_OF_DATA = 0x64

/** Whether the frame is one line, and that a comment, a field other than `data`, or `data` with nothing in it. */
function saysNothing(bytes: Buffer, start: number, end: number): boolean {
  const mayHaveData = bytes[start] === FIRST_OF_DATA && end - start >= SHORTEST_WITH_DATA
  return !mayHaveData && bytes.indexOf(LF, start) === end - 2
}

/** Whether the frame is one `data:` line and nothing else, as nearly all are. */
export function isPlain(frame: Buffer): boolean {
  return startsWith(frame, DATA) && frame.indexOf(LF) === frame.length - 2
}

/** The text of the frame's `data` lines, joined by LF; `undefined` for a comment or an event without data. */
export function dataOf(frame: Buffer): Buffer | undefined {
  let data: Buffer | undefined
  if (isPlain(frame)) {
    data = frame.subarray(frame[5] === 0x20 ? 6 : 5, frame.length - 2)
    return data.length === 0 ? undefined : data
  }
  for (let at = 0; at < frame.length;) {
    const lf = frame.indexOf(LF, at)
    const end = lf === -1 ? frame.length : lf
    const line = frame.subarray(at, end)
    if (startsWith(line, DATA)) {
      const value = line.subarray(line[5] === 0x20 ? 6 : 5)
      data = data === undefined ? value : Buffer.concat([data, Buffer.of(LF), value])
    }
    at = end + 1
  }
  return data === undefined || data.length === 0 ? undefined : data
}

/** One event that carries `value` as JSON. */
export function jsonFrame(value: unknown): Buffer {
  return Buffer.from(`data: ${JSON.stringify(value)}\n\n`)
}

/** The same for APIs that name each event by its type. */
export function typedFrame<Event extends { readonly type: string }>(value: Event): Buffer {
  return Buffer.from(`event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`)
}

/** The event that ends a stream of chat chunks. */
export const doneFrame: Bytes = Buffer.from('data: [DONE]\n\n')

/** A comment, which every client skips: keeps proxies from closing a silent connection. */
export const keepAliveFrame: Bytes = Buffer.from(': speka\n\n')

/** Whether `data` is the end mark. */
export function isDone(data: Buffer): boolean {
  return data.length <= 8 && data.toString('latin1').trim() === '[DONE]'
}

function startsWith(bytes: Buffer, prefix: Bytes): boolean {
  return bytes.length >= prefix.length && bytes.compare(prefix, 0, prefix.length, 0, prefix.length) === 0
}
