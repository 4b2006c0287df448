import type { ServerResponse } from 'node:http'
import type { AnswerSink, Bytes, Call, Commitment, Headers, RequestId, Run, SpekaError, UsageRecord } from '@speka/core'
import {
  commitmentHeaders,
  costHeaders,
  errorFrame,
  join,
  jsonHeaders,
  keepAliveFrame,
  ratesHeaders,
} from '@speka/core/internal'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Ledger } from '../store/store.ts'
import type { KeepAlive, Quiet } from './keep-alive.ts'
import { openEventStream, respondError, respondPieces } from './respond.ts'
import { stoppingError } from './stopping-error.ts'

/** What a responder works with. */
export interface ResponderParts {
  readonly ledger: Ledger
  readonly keepAlive: KeepAlive
  readonly log: Log
  readonly metrics: Metrics
}

/** Somebody who keeps an answer before it is sent, for who may ask for it again. */
export interface AnswerKeeper {
  keep(reply: { status: number; headers: Readonly<Record<string, string | number>>; body: Buffer }): Promise<void>
  /** There is none to keep. */
  release(): void
}

/**
 * Writes one answer to a socket. A stream's bytes go out as they come; its end waits for the ledger. A client that reads
 * slowly pauses the upstream, one that leaves closes it.
 */
export class AnswerResponder implements AnswerSink, Quiet {
  silentTicks = 0
  place = -1
  readonly #parts: ResponderParts
  readonly #id: RequestId
  readonly #streams: boolean
  readonly #response: ServerResponse
  #keeper: AnswerKeeper | undefined
  /** Set for an answer of bytes, which no event can be written behind: what they are. */
  #contentType: string | undefined
  /** What is known from the beginning, and who answers. */
  #headers: Headers
  #commitment: Headers = NO_HEADERS
  #run: Run | undefined
  /** The run has ended; what is left is to write. */
  #over = false
  /** The caller is still there, and is told why it gets no more. */
  #refused = false
  /** What the gateway itself has taken so far, in ms; and when the ledger was asked. */
  #overheadMs = 0
  #settlingSince = 0

  /** @param keeper keeps an answer in one piece; of a stream, or of bytes, it is given none. */
  constructor(
    parts: ResponderParts,
    call: Pick<Call, 'id' | 'stream' | 'surface'>,
    response: ServerResponse,
    keeper?: AnswerKeeper,
  ) {
    this.#parts = parts
    this.#keeper = keeper
    this.#id = call.id
    this.#streams = call.stream
    this.#response = response
    this.#headers =
      call.surface === 'messages' ? { 'x-request-id': call.id, 'request-id': call.id } : { 'x-request-id': call.id }
    response.on('close', () => {
      this.#letBeSilent()
      if (!this.#over) this.#cutOff()
    })
    if (call.stream) parts.keepAlive.add(this)
  }

  /**
   * The run that this responder answers, to be paused and aborted by what the socket does.
   *
   * @param since when the whole request was there; monotonic, in ms.
   */
  attach(run: Run, since: number): void {
    this.#run = run
    this.#overheadMs = performance.now() - since
    if (this.#isClosed) this.#cutOff()
    // An answer in one piece is written last, when nothing is left to be paused.
    else if (this.#streams) this.#response.on('drain', () => run.resume())
  }

  /** Ends the answer, unless it has ended: what was delivered is recorded, and then the caller is told why no more comes. */
  endWith(error: SpekaError): void {
    if (this.#isClosed) return
    this.#refused = true
    this.#run?.abort(error)
  }

  /** The connection has closed before the answer's end: the client has left, or a stop has told it that no more comes. */
  #cutOff(): void {
    const isStopped = this.#response.writableEnded
    this.#refused ||= isStopped
    this.#keeper?.release()
    this.#run?.abort(isStopped ? stoppingError() : undefined)
  }

  breakSilence(): void {
    if (this.#isClosed) return
    this.#openStream()
    this.#response.write(keepAliveFrame)
  }

  commit(by: Commitment): void {
    this.#commitment = commitmentHeaders(by)
    if (this.#streams) this.#openStream()
    else if (by.contentType !== undefined) this.#relay(by.contentType)
  }

  write(frames: Bytes): boolean {
    this.silentTicks = 0
    // A dead socket never drains: the close event aborts the run, and until then nothing more is wanted.
    if (this.#isClosed) return false
    if (this.#contentType !== undefined) this.#openBytes(this.#contentType)
    return this.#response.write(frames)
  }

  settle(record: UsageRecord): Promise<void> {
    this.#settlingSince = performance.now()
    // Nobody is left to hear of it, so this is its end.
    if (record.outcome === 'cancelled' && !this.#refused) this.#parts.metrics.ended(record, this.#overheadMs)
    return this.#parts.ledger.settle(record)
  }

  finish(tail: readonly Bytes[], record: UsageRecord): void {
    this.#end(record)
    this.#parts.log.answered(record)
    const keeper = this.#keeper
    if (keeper !== undefined) {
      // Where rates stand is told anew to whoever asks again.
      const headers = { ...jsonHeaders, ...this.#told, ...costHeaders(record) }
      const reply = { status: 200, headers, body: Buffer.from(join(tail)) }
      void keeper.keep(reply).finally(() => this.#sendEnd(tail, record))
    } else this.#sendEnd(tail, record)
  }

  #sendEnd(tail: readonly Bytes[], record: UsageRecord): void {
    if (this.#isClosed) return
    if (this.#streams || this.#response.headersSent) this.#response.end(join(tail))
    else {
      const kind = this.#contentType === undefined ? jsonHeaders : { 'content-type': this.#contentType }
      const headers = [kind, this.#headers, this.#commitment, costHeaders(record), this.#rates()]
      respondPieces(this.#response, 200, headers, tail)
    }
  }

  /** What the caller is told in any case. */
  get #told(): Headers {
    return { ...this.#headers, ...this.#commitment }
  }

  /** Where the caller's rates stand as the head of the answer goes. */
  #rates(): Headers {
    return ratesHeaders(this.#run?.rates)
  }

  fail(error: SpekaError, record: UsageRecord, events: Bytes = errorFrame(error)): void {
    this.#end(record)
    this.#keeper?.release()
    this.#parts.log.failed(record, error)
    this.#tell(error, events)
  }

  refuse(error: SpekaError, events: Bytes = errorFrame(error)): void {
    this.#over = true
    this.#keeper?.release()
    this.#parts.metrics.refused(error.code, error.limit)
    this.#parts.log.refused(this.#id, error)
    this.#letBeSilent()
    this.#tell(error, events)
  }

  #tell(error: SpekaError, events: Bytes): void {
    if (this.#isClosed) return
    if (this.#contentType !== undefined && this.#response.headersSent) this.#response.destroy()
    else if (this.#response.headersSent) this.#response.end(events)
    else respondError(this.#response, this.#id, error, { ...this.#told, ...this.#rates() })
  }

  #letBeSilent(): void {
    if (this.#streams) this.#parts.keepAlive.delete(this)
  }

  /** The client has left, or a stop has cut it off. */
  get #isClosed(): boolean {
    return this.#response.writableEnded || this.#response.destroyed
  }

  #end(record: UsageRecord): void {
    this.#over = true
    this.#parts.metrics.ended(record, this.#overheadMs + performance.now() - this.#settlingSince)
    this.#letBeSilent()
  }

  /** The answer is bytes: they may be many, and are kept for nobody. */
  #relay(contentType: string): void {
    this.#contentType = contentType
    this.#keeper?.release()
    this.#keeper = undefined
    this.#response.on('drain', () => this.#run?.resume())
  }

  /** Without a length: an answer that breaks off has no end, and cannot be taken for a whole one. One that is there at once has one. */
  #openBytes(contentType: string): void {
    if (this.#response.headersSent || this.#isClosed) return
    this.#response.writeHead(200, { ...this.#told, ...this.#rates(), 'content-type': contentType })
  }

  #openStream(): void {
    if (this.#response.headersSent || this.#isClosed) return
    openEventStream(this.#response, { ...this.#told, ...this.#rates() })
    // Sent, and never needed again: a stream may be open for long.
    this.#headers = NO_HEADERS
    this.#commitment = NO_HEADERS
  }
}

const NO_HEADERS: Headers = {}
