import type { ServerResponse } from 'node:http'
import type { Bytes, RequestId, SpekaError } from '@speka/core'
import { errorFrame, keepAliveFrame, type KeptRelay, type KeptSink } from '@speka/core/internal'
import type { KeepAlive, Quiet } from './keep-alive.ts'
import { openEventStream, respondError } from './respond.ts'

/** Writes the events of a response that a provider tells once more. Nothing is recorded, so nothing waits for the ledger. */
export class KeptEvents implements KeptSink, Quiet {
  silentTicks = 0
  place = -1
  /** Resolves when all is told that will be. */
  readonly ended: Promise<void>
  readonly #response: ServerResponse
  readonly #id: RequestId
  readonly #end: () => void

  /** @param begin has the response told: it may refuse to. */
  constructor(response: ServerResponse, id: RequestId, keepAlive: KeepAlive, begin: (sink: KeptSink) => KeptRelay) {
    this.#response = response
    this.#id = id
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.ended = promise.finally(() => keepAlive.delete(this))
    this.#end = () => resolve(undefined)
    const relay = begin(this)
    keepAlive.add(this)
    response.on('drain', () => relay.resume())
    response.once('close', () => {
      relay.abort()
      this.#end()
    })
    if (response.destroyed) relay.abort()
  }

  write(frames: Bytes): boolean {
    this.silentTicks = 0
    if (this.#isClosed) return false
    this.#open()
    return this.#response.write(frames)
  }

  finish(): void {
    if (!this.#isClosed) this.#response.end()
    this.#end()
  }

  fail(error: SpekaError, events: Bytes): void {
    this.#tell(error, events)
    this.#end()
  }

  /** Ends it, unless it has ended: the key that asked is good no longer. */
  endWith(error: SpekaError): void {
    this.#tell(error, errorFrame(error))
  }

  breakSilence(): void {
    if (this.#isClosed) return
    this.#open()
    this.#response.write(keepAliveFrame)
  }

  #tell(error: SpekaError, events: Bytes): void {
    if (this.#isClosed) return
    if (this.#response.headersSent) this.#response.end(events)
    else respondError(this.#response, this.#id, error)
  }

  get #isClosed(): boolean {
    return this.#response.writableEnded || this.#response.destroyed
  }

  #open(): void {
    if (!this.#response.headersSent) openEventStream(this.#response, { 'x-request-id': this.#id })
  }
}
