import type { ServerResponse } from 'node:http'
import {
  commitmentHeaders,
  costHeaders,
  errorFrame,
  eventStreamHeaders,
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
import { respondBytes, respondError } from './respond.ts'

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
  silentSeconds = 0
  readonly #parts: ResponderParts
  readonly #call: ChatCall
  readonly #response: ServerResponse
  #headers: Headers
  #run: Run | undefined

  constructor(parts: ResponderParts, call: ChatCall, response: ServerResponse) {
    this.#parts = parts
    this.#call = call
    this.#response = response
    this.#headers = { 'x-request-id': call.id }
    response.on('close', () => {
      parts.keepAlive.delete(this)
      if (!response.writableFinished) this.#run?.abort()
    })
    if (call.stream) parts.keepAlive.add(this)
  }

  /** The run that this responder answers, to be paused and aborted by what the socket does. */
  attach(run: Run): void {
    this.#run = run
    if (this.#response.destroyed) run.abort()
    else this.#response.on('drain', () => run.resume())
  }

  breakSilence(): void {
    if (this.#response.writableEnded || this.#response.destroyed) return
    this.#openStream()
    this.#response.write(keepAliveFrame)
  }

  commit(by: Commitment): void {
    this.#headers = { ...this.#headers, ...commitmentHeaders(by) }
    if (this.#call.stream) this.#openStream()
  }

  write(frames: Bytes): boolean {
    this.silentSeconds = 0
    // A dead socket never drains: the close event aborts the run, and until then nothing more is wanted.
    return !this.#response.destroyed && this.#response.write(frames)
  }

  settle(record: UsageRecord): Promise<void> {
    return this.#parts.ledger.settle(record)
  }

  finish(tail: readonly Bytes[], record: UsageRecord): void {
    this.#parts.keepAlive.delete(this)
    this.#parts.log.answered(record)
    const body = join(tail)
    if (this.#call.stream) this.#response.end(body)
    else respondBytes(this.#response, 200, { ...jsonHeaders, ...this.#headers, ...costHeaders(record) }, body)
  }

  fail(error: SpekaError, record: UsageRecord): void {
    this.#parts.keepAlive.delete(this)
    this.#parts.log.failed(record, error)
    if (this.#response.headersSent) this.#response.end(errorFrame(error))
    else respondError(this.#response, this.#call.id, error, this.#headers)
  }

  #openStream(): void {
    if (this.#response.headersSent || this.#response.destroyed) return
    this.#response.writeHead(200, { ...eventStreamHeaders, ...this.#headers })
  }
}
