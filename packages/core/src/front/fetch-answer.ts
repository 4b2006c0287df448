import type { AnswerSink, Commitment, Run } from '../engine.ts'
import type { SpekaError } from '../errors.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { Bytes, Headers as PlainHeaders } from '../transport.ts'
import type { Call } from '../operations/call.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import { anthropicEnvelope, openaiEnvelope, type Envelope } from '../wire/envelope.ts'
import { errorFrame } from '../wire/error-body.ts'
import { join } from '../bytes/splice.ts'
import {
  commitmentHeaders,
  costHeaders,
  errorHeaders,
  eventStreamHeaders,
  jsonHeaders,
  ratesHeaders,
} from './answer-headers.ts'
import type { Settle } from './iterate.ts'

/** Bytes a slow reader may leave waiting before the upstream is paused. */
const MOST_WAITING_BYTES = 64 * 1024

/** Which request it is, and in whose API it was made. */
export type Named = Pick<CallFacts, 'id' | 'surface'>

const envelopeOf = ({ surface }: Named): Envelope => (surface === 'messages' ? anthropicEnvelope : openaiEnvelope)

/** The headers that name a request. */
export const namedHeaders = (who: Named): PlainHeaders => envelopeOf(who).headers(who.id)

/** An error as the API tells it that was asked. */
export function errorResponse(error: SpekaError, who: Named, headers: PlainHeaders = namedHeaders(who)): Response {
  const envelope = envelopeOf(who)
  const init = { status: envelope.status(error), headers: { ...headers, ...errorHeaders(error) } }
  return Response.json(envelope.body(error, who.id), init)
}

/** Hands over an answer that has come, or has begun. */
export type Resolve = (response: Response) => void

/** An answer as one body. */
export class JsonResponse implements AnswerSink {
  readonly #call: Call
  readonly #settle: Settle
  readonly #resolve: Resolve
  #headers: PlainHeaders
  #run: Run | undefined
  /** Set once the answer turns out to be bytes, and once some of them have come: then they come as a stream does. */
  #by: Commitment | undefined
  #bytes: StreamResponse | undefined

  constructor(call: Call, settle: Settle, resolve: Resolve) {
    this.#call = call
    this.#settle = settle
    this.#resolve = resolve
    this.#headers = namedHeaders(call)
  }

  attach(run: Run): void {
    this.#run = run
  }

  abandon(reason: unknown): void {
    this.#bytes?.abandon(reason)
  }

  commit(by: Commitment): void {
    this.#headers = { ...this.#headers, ...commitmentHeaders(by) }
    if (by.contentType !== undefined) this.#by = by
  }

  write(bytes: Bytes): boolean {
    if (this.#by === undefined) return true
    this.#bytes ??= this.#opened(this.#by)
    return this.#bytes.write(bytes)
  }

  #opened(by: Commitment): StreamResponse {
    const bytes = new StreamResponse(this.#call, this.#settle, this.#resolve)
    if (this.#run !== undefined) bytes.attach(this.#run)
    bytes.commit(by)
    return bytes
  }

  settle(record: UsageRecord): void | Promise<void> {
    return this.#settle(record)
  }

  finish(tail: readonly Bytes[], record: UsageRecord): void {
    if (this.#bytes !== undefined) return this.#bytes.finish(tail)
    const kind = this.#by?.contentType === undefined ? jsonHeaders : { 'content-type': this.#by.contentType }
    const headers = { ...kind, ...this.#headers, ...costHeaders(record), ...ratesHeaders(this.#run?.rates) }
    this.#resolve(new Response(join(tail), { headers }))
  }

  fail(error: SpekaError, record?: UsageRecord): void {
    if (this.#bytes !== undefined && record !== undefined) this.#bytes.fail(error, record)
    else this.#resolve(errorResponse(error, this.#call, { ...this.#headers, ...ratesHeaders(this.#run?.rates) }))
  }

  refuse(error: SpekaError): void {
    this.fail(error)
  }
}

/** An answer as a stream. */
export class StreamResponse implements AnswerSink {
  readonly #settle: Settle
  readonly #resolve: Resolve
  readonly #body: ReadableStream<Bytes>
  /** Unset once nobody reads any more: a closed stream throws at whoever writes to it. */
  #controller: ReadableStreamDefaultController<Bytes> | undefined
  #run: Run | undefined
  readonly #who: Named
  readonly #headers: PlainHeaders
  #committed = false
  /** The answer is bytes, which no event can be written behind. */
  #relays = false

  constructor(call: Call, settle: Settle, resolve: Resolve) {
    this.#settle = settle
    this.#resolve = resolve
    // The call itself is let go of while its answer streams.
    this.#who = { id: call.id, surface: call.surface }
    this.#headers = namedHeaders(call)
    this.#body = new ReadableStream<Bytes>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#run?.resume(),
        cancel: () => {
          this.#controller = undefined
          this.#run?.abort()
        },
      },
      { highWaterMark: MOST_WAITING_BYTES, size: (frames) => frames.length },
    )
  }

  attach(run: Run): void {
    this.#run = run
  }

  abandon(reason: unknown): void {
    this.#controller?.error(reason)
    this.#controller = undefined
  }

  commit(by: Commitment): void {
    this.#committed = true
    this.#relays = by.contentType !== undefined
    const kind = by.contentType === undefined ? eventStreamHeaders : { 'content-type': by.contentType }
    const headers = { ...kind, ...this.#headers, ...commitmentHeaders(by), ...ratesHeaders(this.#run?.rates) }
    this.#resolve(new Response(this.#body, { headers }))
  }

  write(frames: Bytes): boolean {
    this.#controller?.enqueue(frames)
    return (this.#controller?.desiredSize ?? 0) > 0
  }

  settle(record: UsageRecord): void | Promise<void> {
    return this.#settle(record)
  }

  finish(tail: readonly Bytes[]): void {
    for (const frames of tail) this.#controller?.enqueue(frames)
    this.#controller?.close()
  }

  fail(error: SpekaError, _record: UsageRecord, events: Bytes = errorFrame(error)): void {
    if (!this.#committed) {
      this.#resolve(errorResponse(error, this.#who, { ...this.#headers, ...ratesHeaders(this.#run?.rates) }))
      return
    }
    if (this.#relays) return this.abandon(error)
    this.#controller?.enqueue(events)
    this.#controller?.close()
  }

  refuse(error: SpekaError): void {
    // A stream is opened by its commitment alone, which has not come.
    this.#resolve(errorResponse(error, this.#who, this.#headers))
  }
}
