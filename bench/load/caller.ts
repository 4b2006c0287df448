import { connect, type Socket } from 'node:net'
import { ResponseReader } from './response-reader.ts'

/** What becomes of a caller's requests. */
export interface CallerListener {
  /** A piece of a body; lent, as the reader says. */
  body?(bytes: Buffer): void
  /** An answer is complete. */
  answered(status: number, head: string): void
  /** The request under way has failed, and the connection with it. */
  failed(why: string): void
}

/** Every read of every connection lands here: it is dealt with before the next. */
const shared = Buffer.allocUnsafeSlow(256 * 1024)

/** One connection that asks one question at a time, and connects again when it has to. */
export class Caller {
  readonly #port: number
  readonly #request: Buffer
  readonly #listener: CallerListener
  #socket: Socket | undefined
  #waiting = false

  constructor(port: number, request: Buffer, listener: CallerListener) {
    this.#port = port
    this.#request = request
    this.#listener = listener
  }

  ask(): void {
    this.#waiting = true
    if (this.#socket === undefined) this.#connect()
    this.#socket?.write(this.#request)
  }

  close(): void {
    this.#waiting = false
    this.#leave()
  }

  #connect(): void {
    const reader = new ResponseReader({
      ...(this.#listener.body !== undefined && { body: (bytes) => this.#listener.body?.(bytes) }),
      end: ({ status, head, keepAlive }) => {
        this.#waiting = false
        if (!keepAlive) this.#leave()
        this.#listener.answered(status, head)
      },
    })
    const socket = connect({
      host: '127.0.0.1',
      port: this.#port,
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (length) => {
          if (this.#socket === socket) this.#read(reader, length)
          return true
        },
      },
    })
    socket.on('error', (error) => this.#broken(socket, error.message))
    socket.on('close', () => this.#broken(socket, 'the connection was closed before the answer was complete'))
    this.#socket = socket
  }

  #read(reader: ResponseReader, length: number): void {
    try {
      if (!this.#waiting) throw new Error('Bytes came that nobody asked for.')
      reader.read(shared.subarray(0, length))
    } catch (error) {
      this.#leave()
      this.#fail(error instanceof Error ? error.message : String(error))
    }
  }

  #broken(socket: Socket, why: string): void {
    if (this.#socket !== socket) return
    this.#leave()
    this.#fail(why)
  }

  /** A connection that is closed between two requests harms nobody. */
  #fail(why: string): void {
    if (!this.#waiting) return
    this.#waiting = false
    this.#listener.failed(why)
  }

  #leave(): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.destroy()
  }
}
