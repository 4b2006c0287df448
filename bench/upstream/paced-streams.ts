import type { Socket } from 'node:net'
import { monotonicMicroseconds } from '../measure/monotonic.ts'
import { contentEvent, dueContent, PACE, streamHead, streamTail } from './answers.ts'

interface PacedStream {
  readonly socket: Socket
  readonly model: string
  left: number
}

/** Milliseconds from one chunk of a stream to its next. */
const PERIOD_MS = 1000 / PACE

/**
 * Streams whose chunks come at a steady pace, spread evenly over the period. Each chunk tells when it was due, so that whoever reads it
 * knows how late it is; a tick that comes late sends what it owes.
 */
export class PacedStreams {
  /** The streams of each millisecond of the period. */
  readonly #slots: Set<PacedStream>[] = Array.from({ length: PERIOD_MS }, () => new Set())
  #next = 0
  #tick = 0
  #began = 0
  #timer: NodeJS.Timeout | undefined

  /** Sends the head and `length` chunks, then the end; the connection is kept. */
  add(socket: Socket, model: string, length: number): void {
    const slot = this.#slots[this.#next++ % PERIOD_MS]
    const stream = { socket, model, left: length }
    slot?.add(stream)
    socket.once('close', () => slot?.delete(stream))
    socket.write(streamHead)
    if (this.#timer !== undefined) return
    this.#began = monotonicMicroseconds()
    this.#tick = 0
    this.#timer = setInterval(() => this.#sendWhatIsDue(), 1)
  }

  #sendWhatIsDue(): void {
    const now = monotonicMicroseconds()
    for (;;) {
      const due = this.#began + this.#tick * 1000
      if (due > now) break
      const slot = this.#slots[this.#tick++ % PERIOD_MS]
      if (slot !== undefined) sendTo(slot, due)
    }
    if (this.#slots.some((slot) => slot.size > 0)) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

function sendTo(slot: Set<PacedStream>, due: number): void {
  let model = ''
  let chunk: Buffer = Buffer.alloc(0)
  for (const stream of slot) {
    if (stream.model !== model) {
      model = stream.model
      chunk = contentEvent(model, dueContent(due))
    }
    stream.left -= 1
    stream.socket.write(chunk)
    if (stream.left > 0) continue
    slot.delete(stream)
    stream.socket.write(streamTail(model))
  }
}
