import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { RequestId, SpekaError } from '@speka/core'
import type { KeyRecord } from '../store/store.ts'
import type { KeysInUse } from '../keys/keys-in-use.ts'
import { Bag, type Bagged } from './bag.ts'
import { envelopeFor } from './envelope.ts'
import { isEventStream, respondError } from './respond.ts'
import { stoppingError } from './stopping-error.ts'

/** How long a client that was cut off has to take its last bytes, in ms. A slow one must not hold up a stop. */
const LAST_BYTES_MS = 1000

/** A response under way. */
export interface Open extends Bagged {
  readonly response: ServerResponse
  readonly id: RequestId
  /** Who asked, as soon as that is known. */
  key: KeyRecord | undefined
  /** What writes the answer, from when the engine was asked for one. */
  answer: { endWith(error: SpekaError): void } | undefined
}

/** The responses under way: a stop waits for them, their sockets are left alone, and they end with the key that asked. */
export class InFlight implements KeysInUse {
  readonly #open = new Bag<Open>()
  /** Sockets that are to be closed once their responses are out. Nearly always none. */
  readonly #condemned = new Set<Socket>()
  #idle: (() => void)[] = []

  add(response: ServerResponse, id: RequestId): Open {
    const open: Open = { response, id, place: -1, key: undefined, answer: undefined }
    this.#open.add(open)
    response.on('close', () => this.#closed(open))
    return open
  }

  get count(): number {
    return this.#open.size
  }

  keys(): KeyRecord[] {
    const byDigest = new Map<string, KeyRecord>()
    for (const { key } of this.#open.list()) if (key !== undefined) byDigest.set(key.digest, key)
    return [...byDigest.values()]
  }

  refuse({ digest }: KeyRecord, error: SpekaError): void {
    for (const { key, answer, response, id } of this.#open.list()) {
      if (key?.digest !== digest) continue
      if (answer !== undefined) answer.endWith(error)
      else if (!response.headersSent) respondError(response, id, error)
    }
  }

  renew(key: KeyRecord): void {
    for (const open of this.#open.list()) if (open.key?.digest === key.digest) open.key = key
  }

  /** Whether a response is being written to `socket`, or is still to be. */
  has(socket: Socket): boolean {
    return this.#on(socket).length > 0
  }

  /** Closes `socket` behind the responses that are under way on it. */
  closeBehind(socket: Socket): void {
    this.#condemned.add(socket)
  }

  /** Whether the next bytes on `socket` belong to the response to a request that arrived whole. */
  isAnswering(socket: Socket): boolean {
    return this.#on(socket).some(({ response }) => response.headersSent || response.req.complete)
  }

  #on(socket: Socket): Open[] {
    return this.#open.list().filter(({ response }) => response.req.socket === socket)
  }

  #closed(open: Open): void {
    this.#open.delete(open)
    if (this.#condemned.size > 0) this.#closeCondemned(open.response.req.socket)
    if (this.#open.size === 0 && this.#idle.length > 0) for (const tell of this.#idle.splice(0)) tell()
  }

  #closeCondemned(socket: Socket): void {
    if (!this.#condemned.has(socket) || this.has(socket)) return
    this.#condemned.delete(socket)
    socket.destroySoon()
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
    const error = stoppingError()
    const left = this.#open.list()
    for (const { response, id } of left) {
      if (!response.headersSent) respondError(response, id, error, { connection: 'close' })
      else if (isEventStream(response) && !response.writableEnded)
        response.end(envelopeFor(response.req).event(error, id))
    }
    setTimeout(() => left.forEach(({ response }) => response.destroy()), LAST_BYTES_MS).unref()
  }
}
