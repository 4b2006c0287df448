import type { Transform } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Exchange, Headers, ReplySink, TransportFailureKind } from '../transport.ts'
import { MOST_INTERIM, type Asking } from './connections.ts'
import { decodedHeaders, decoderFor } from './decode-reply.ts'
import { kindOf } from './failure-kind.ts'
import { TurnQueue } from './turn-queue.ts'

/** As much as one read from the network brings. */
const MOST_WAITING_BYTES = 64 * 1024

/** Pieces below this are told together: to copy them is less work than to look at each by itself. */
const SMALL_BYTES = 1024

/**
 * One request, as undici tells of it. Data and end are told to the sink at the end of the turn, after one exchange the
 * next: what the engine does with a reply, and then writes to its caller, is most of the work of a request.
 */
export class UndiciExchange implements Exchange, Asking {
  readonly #sink: ReplySink
  #controller: Dispatcher.DispatchController | undefined
  #sent = false
  #aborted = false
  /** Data that has come and was not told yet. */
  #chunks: Buffer[] = []
  #bytes = 0
  /** Whether anything waits for the end of the turn. */
  #waits = false
  /** Nothing more will be told: the reply is whole, unless there is a cause. */
  #over = false
  /** Nothing more will come. The connection is another request's by now. */
  #closed = false
  #hasHead = false
  /** Interim answers so far. */
  #interim = 0
  /** Set for a reply in an encoding that nobody asked for. */
  #makeDecoder: ReturnType<typeof decoderFor>
  #decoder: Transform | undefined
  #cause: unknown
  #told = false

  constructor(sink: ReplySink) {
    this.#sink = sink
  }

  get isOver(): boolean {
    return this.#closed
  }

  get hasHead(): boolean {
    return this.#hasHead
  }

  get isAborted(): boolean {
    return this.#aborted
  }

  pause(): void {
    if (this.#over) return
    if (this.#decoder !== undefined) this.#decoder.pause()
    else if (!this.#closed) this.#controller?.pause()
  }

  resume(): void {
    if (this.#over) return
    if (this.#decoder !== undefined) this.#decoder.resume()
    else if (!this.#closed) this.#controller?.resume()
  }

  abort(): void {
    if (this.#told || this.#aborted) return
    this.#aborted = true
    this.#decoder?.destroy()
    if (!this.#closed) this.#controller?.abort(new Error('aborted'))
    else this.#end(new Error('aborted'))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#sent = true
    if (this.#aborted) controller.abort(new Error('aborted'))
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) {
      // Such as 103, which is not the answer.
      this.#interim += 1
      if (this.#interim > MOST_INTERIM) controller.abort(new Error('a flood of interim answers'))
      return
    }
    this.#hasHead = true
    if (!this.#aborted) this.#head(status, singleValued(headers))
    // Nobody reads them, and they hold on to the network's buffer for as long as a stream lasts.
    controller.rawHeaders = null
  }

  #head(status: number, headers: Headers): void {
    if (headers['content-encoding'] === undefined) {
      this.#sink.head(status, headers)
      return
    }
    this.#makeDecoder = decoderFor(headers)
    this.#sink.head(status, this.#makeDecoder === undefined ? headers : decodedHeaders(headers))
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#makeDecoder !== undefined) this.#openDecoder(this.#makeDecoder(chunk))
    if (this.#decoder === undefined) this.#add(chunk)
    else if (!this.#decoder.write(chunk)) this.#controller?.pause()
  }

  /** What comes out of it is the reply. */
  #openDecoder(decoder: Transform | undefined): void {
    this.#makeDecoder = undefined
    this.#decoder = decoder
      ?.on('data', (chunk: Buffer) => this.#add(chunk))
      .on('drain', () => {
        if (!this.#closed) this.#controller?.resume()
      })
      .on('end', () => this.#end(undefined))
      .on('error', (cause) => {
        this.#end(cause)
        if (!this.#closed) this.#controller?.abort(new Error('given up'))
      })
  }

  #add(chunk: Buffer): void {
    if (this.#over) return
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    // One turn may bring megabytes: a sink that has had enough must be able to say so.
    if (this.#bytes > MOST_WAITING_BYTES) this.tell()
    else this.#tellSoon()
  }

  onResponseEnd(): void {
    this.#closed = true
    if (this.#decoder === undefined) this.#end(undefined)
    else this.#decoder.end()
  }

  onResponseError(_controller: unknown, cause: Error): void {
    if (this.#closed) return
    this.#closed = true
    this.#decoder?.destroy()
    this.#end(cause)
  }

  #end(cause: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#cause = cause
    this.#tellSoon()
  }

  #tellSoon(): void {
    if (this.#waits) return
    this.#waits = true
    replies.add(this)
  }

  /** Tells what has come. A sink that throws is told that it failed, so that its request has an end. */
  tell(): void {
    this.#waits = false
    if (this.#told) return
    try {
      this.#tellReply()
    } catch (cause) {
      this.#fail('other', cause)
      this.#decoder?.destroy()
      if (!this.#closed) this.#controller?.abort(new Error('given up'))
      return
    }
    if (this.#over && !this.#told) this.#fail(this.#aborted ? 'aborted' : kindOf(this.#cause), this.#cause)
  }

  /** The data that has come, and the end of a reply that is whole. */
  #tellReply(): void {
    const chunks = this.#chunks
    if (chunks.length > 0) {
      const areSmall = this.#bytes < chunks.length * SMALL_BYTES
      this.#chunks = []
      this.#bytes = 0
      const pieces = areSmall && chunks.length > 1 ? [Buffer.concat(chunks)] : chunks
      for (const piece of pieces) if (!this.#aborted) this.#sink.data(piece)
    }
    if (!this.#over || this.#aborted || this.#cause !== undefined) return
    this.#told = true
    this.#sink.end()
  }

  #fail(kind: TransportFailureKind, cause: unknown): void {
    this.#told = true
    this.#sink.fail({ kind, sent: this.#sent, cause })
  }
}

const replies = new TurnQueue<UndiciExchange>((exchange) => exchange.tell())

function singleValued(headers: Record<string, string | string[] | undefined>): Headers {
  for (const name in headers) if (typeof headers[name] !== 'string') return joined(headers)
  return headers as Headers
}

function joined(headers: Record<string, string | string[] | undefined>): Headers {
  const single: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) single[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return single
}
