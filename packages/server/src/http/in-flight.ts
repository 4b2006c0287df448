import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { errorFrame, SpekaError, type RequestId } from '@speka/core'
import { isEventStream, respondError } from './respond.ts'

/** How long a client that was cut off has to take its last bytes, in ms. A slow one must not hold up a stop. */
const LAST_BYTES_MS = 1000

/** The responses under way: a stop waits for them, and their sockets are left alone. */
export class InFlight {
  readonly #open = new Map<ServerResponse, RequestId>()
  readonly #bySocket = new WeakMap<Socket, Set<ServerResponse>>()
  /** Sockets that are to be closed once their responses are out. */
  readonly #condemned = new WeakSet<Socket>()
  #idle: (() => void)[] = []

  add(response: ServerResponse, id: RequestId): void {
    const { socket } = response.req
    this.#open.set(response, id)
    const ofSocket = this.#bySocket.get(socket) ?? new Set()
    this.#bySocket.set(socket, ofSocket.add(response))
    response.on('close', () => {
      this.#open.delete(response)
      ofSocket.delete(response)
      if (ofSocket.size === 0 && this.#condemned.has(socket)) socket.destroySoon()
      if (this.#open.size === 0) for (const tell of this.#idle.splice(0)) tell()
    })
  }

  get count(): number {
    return this.#open.size
  }

  /** Whether a response is being written to `socket`, or is still to be. */
  has(socket: Socket): boolean {
    return (this.#bySocket.get(socket)?.size ?? 0) > 0
  }

  /** Closes `socket` behind the responses that are under way on it. */
  closeBehind(socket: Socket): void {
    this.#condemned.add(socket)
  }

  /** Whether the next bytes on `socket` belong to the response to a request that arrived whole. */
  isAnswering(socket: Socket): boolean {
    const responses = [...(this.#bySocket.get(socket) ?? [])]
    return responses.some((response) => response.headersSent || response.req.complete)
  }

  /** Resolves when every response is out, or cut off after `timeoutMs`. */
  async drained(timeoutMs: number): Promise<void> {
    if (this.#open.size === 0) return
    const timer = setTimeout(() => this.cutOff(), timeoutMs)
    await new Promise<void>((resolve) => this.#idle.push(resolve))
    clearTimeout(timer)
  }

  /** Ends what is left: streams with an error event, the rest with an error. Their runs are aborted as the responses close. */
  cutOff(): void {
    const error = new SpekaError(
      'server_shutdown',
      'The gateway is stopping before this answer was finished. Try again.',
    )
    for (const [response, id] of this.#open) {
      if (!response.headersSent) respondError(response, id, error, { connection: 'close' })
      else if (isEventStream(response) && !response.writableEnded) response.end(errorFrame(error))
    }
    const late = [...this.#open.keys()]
    setTimeout(() => late.forEach((response) => response.destroy()), LAST_BYTES_MS).unref()
  }
}
