import type { ServerResponse } from 'node:http'
import {
  commitmentHeaders,
  costHeaders,
  errorFrame,
  join,
  jsonHeaders,
  keepAliveFrame,
  type AnswerSink,
  type Bytes,
  type ChatCall,
  type Commitment,
  type Headers,
  type Run,
  type SpekaError,
  type UsageRecord,
} from '@speka/core'
import type { Log } from '../telemetry/log.ts'
import type { Ledger } from '../ledger/store.ts'
import type { KeepAlive, Quiet } from './keep-alive.ts'
import { openEventStream, respondBytes, respondError } from './respond.ts'

/** What a responder works with. */
export interface ResponderParts {
  readonly ledger: Ledger
  readonly keepAlive: KeepAlive
  readonly log: Log
}

/**
 * Writes one answer to a socket. A stream's bytes go out as they come; its end waits for the ledger. A client that reads
 * slowly pauses the upstream, one that leaves closes it.
 */
export class ChatResponder implements AnswerSink, Quiet {
  silentTicks = 0
  place = -1
  readonly #parts: ResponderParts
  readonly #call: ChatCall
  readonly #response: ServerResponse
  #headers: Headers
  #run: Run | undefined
  /** The run has ended; what is left is to write. */
  #over = false

  constructor(parts: ResponderParts, call: ChatCall, response: ServerResponse) {
    this.#parts = parts
    this.#call = call
    this.#response = response
    this.#headers = { 'x-request-id': call.id }
    response.on('close', () => {
      parts.keepAlive.delete(this)
      if (!this.#over) this.#run?.abort()
    })
    if (call.stream) parts.keepAlive.add(this)
  }

  /** The run that this responder answers, to be paused and aborted by what the socket does. */
  attach(run: Run): void {
    this.#run = run
    if (this.#isClosed) run.abort()
    // An answer in one piece is written last, when nothing is left to be paused.
    else if (this.#call.stream) this.#response.on('drain', () => run.resume())
  }

  breakSilence(): void {
    if (this.#isClosed) return
    this.#openStream()
    this.#response.write(keepAliveFrame)
  }

  commit(by: Commitment): void {
    this.#headers = { ...this.#headers, ...commitmentHeaders(by) }
    if (this.#call.stream) this.#openStream()
  }

  write(frames: Bytes): boolean {
    this.silentTicks = 0
    // A dead socket never drains: the close event aborts the run, and until then nothing more is wanted.
    return !this.#isClosed && this.#response.write(frames)
  }

  settle(record: UsageRecord): Promise<void> {
    return this.#parts.ledger.settle(record)
  }

  finish(tail: readonly Bytes[], record: UsageRecord): void {
    this.#end()
    this.#parts.log.answered(record)
    if (this.#isClosed) return
    const body = join(tail)
    if (this.#call.stream) this.#response.end(body)
    else respondBytes(this.#response, 200, { ...jsonHeaders, ...this.#headers, ...costHeaders(record) }, body)
  }

  fail(error: SpekaError, record: UsageRecord): void {
    this.#end()
    this.#parts.log.failed(record, error)
    if (this.#isClosed) return
    if (this.#response.headersSent) this.#response.end(errorFrame(error))
    else respondError(this.#response, this.#call.id, error, this.#headers)
  }

  /** The client has left, or a stop has cut it off. */
  get #isClosed(): boolean {
    return this.#response.writableEnded || this.#response.destroyed
  }

  #end(): void {
    this.#over = true
    this.#parts.keepAlive.delete(this)
  }

  #openStream(): void {
    if (this.#response.headersSent || this.#isClosed) return
    openEventStream(this.#response, this.#headers)
    // Sent, and never needed again: a stream may be open for long.
    this.#headers = {}
  }
}
