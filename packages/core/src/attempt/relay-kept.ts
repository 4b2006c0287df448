import { dataOf, FrameCutter, FrameTooLongError, isDone, typedFrame } from '../bytes/frames.ts'
import { join, splice } from '../bytes/splice.ts'
import type { SpekaError } from '../errors.ts'
import type { Failure } from '../failure.ts'
import { isRecord, type Json } from '../json.ts'
import { badReply } from '../providers/bad-reply.ts'
import type { Bytes, Exchange, Headers, ReplySink, TransportFailure } from '../transport.ts'
import { unknownUsage } from '../usage.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import { errorBody } from '../wire/error-body.ts'
import { failureOfTransport, timeoutFailure } from './attempt.ts'
import { KeptThing, type AskedKept, type KeptWorld } from './kept-thing.ts'
import { isEventStream, isSuccess, refusesEncoding, ReplyCollector } from './reply-collector.ts'
import { withoutSecrets } from './without-secrets.ts'

/** Hears the events of a response that is told once more. Either `finish` or `fail` comes exactly once, and last. */
export interface KeptSink {
  /** Whole events. Returns false to pause the upstream. */
  write(frames: Bytes): boolean
  finish(): void
  /** @param events what ends a stream that has begun. Its response may go on all the same. */
  fail(error: SpekaError, events: Bytes): void
}

/** A response being told. */
export interface KeptRelay {
  resume(): void
  /** The caller has left. */
  abort(): void
}

/**
 * Has a response told as events by the provider that keeps it, from its beginning or from behind an event that is known already.
 *
 * @throws SpekaError as {@link KeptThing} does.
 */
export function relayKept(world: KeptWorld, asked: AskedKept, facts: CallFacts, sink: KeptSink): KeptRelay {
  return new Relay(world, new KeptThing(world, asked, facts), sink)
}

/** An event may hold a whole response, with pictures and encrypted reasoning. */
const MOST_FRAME_BYTES = 32 * 1024 * 1024

/** What ends the telling of a response. */
const LAST: ReadonlySet<unknown> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
  'error',
])

const LF = 0x0a

class Relay implements KeptRelay, ReplySink {
  readonly #thing: KeptThing
  readonly #sink: KeptSink
  readonly #exchange: Exchange
  readonly #cancelTimeout: () => void
  readonly #cutter = new FrameCutter(MOST_FRAME_BYTES)
  /** Of a reply that is no stream. */
  #collector: ReplyCollector | undefined
  /** The number of the next event. */
  #next = 0
  #over = false

  constructor({ transport, clock }: KeptWorld, thing: KeptThing, sink: KeptSink) {
    this.#thing = thing
    this.#sink = sink
    const { keeper, request, timeoutMs } = thing
    const late = timeoutFailure(`did not finish its answer within ${timeoutMs} ms`)
    this.#cancelTimeout = clock.after(timeoutMs, () => this.#fail(late))
    this.#exchange = transport.send(keeper.upstream, request, this)
  }

  // What the caller may do.

  resume(): void {
    this.#exchange.resume()
  }

  abort(): void {
    if (this.#over) return
    this.#end()
    this.#exchange.abort()
  }

  // What the transport tells.

  head(status: number, headers: Headers): void {
    const refusal = refusesEncoding(headers)
    if (refusal !== undefined) this.#fail(refusal)
    else if (!isSuccess(status) || !isEventStream(headers)) this.#collector = new ReplyCollector(status, headers)
  }

  data(chunk: Bytes): void {
    if (this.#over) return
    if (this.#collector !== undefined) {
      const tooLarge = this.#collector.add(chunk)
      if (tooLarge !== undefined) this.#fail(tooLarge)
      return
    }
    try {
      this.#cutter.push(chunk, (frame) => this.#event(frame))
    } catch (error) {
      if (!(error instanceof FrameTooLongError)) throw error
      this.#fail(badReply(`sent an event of more than ${MOST_FRAME_BYTES} bytes`))
    }
  }

  end(): void {
    if (this.#over) return
    const reply = this.#collector?.reply()
    if (reply === undefined)
      this.#fail({ ...badReply('closed the stream before its end'), code: 'upstream_incomplete' })
    else if (isSuccess(reply.status)) this.#fail(badReply('sent something else than events'))
    else this.#fail(this.#thing.keeper.adapter.classify(reply))
  }

  fail(failure: TransportFailure): void {
    this.#fail(failureOfTransport(failure))
  }

  // What becomes of it.

  #event(frame: Buffer): void {
    const data = this.#over ? undefined : dataOf(frame)
    if (data === undefined || isDone(data)) return
    const event = parsed(data)
    if (event === undefined) return this.#fail(badReply('sent an event that is not a JSON object'))
    const { type, response, sequence_number: number } = event
    if (typeof number === 'number') this.#next = number + 1
    const told = isRecord(response) ? this.#named(data, event, response) : frame
    if (!this.#sink.write(told)) this.#exchange.pause()
    if (!LAST.has(type)) return
    this.#end()
    this.#exchange.abort()
    this.#sink.finish()
  }

  #named(data: Buffer, { type }: Json, { model }: Json): Bytes {
    const named = join(splice(data, this.#thing.names(data, ['response'], model)))
    const line = named.includes(LF) ? JSON.stringify(parsed(Buffer.from(named))) : named
    return join([Buffer.from(`event: ${String(type)}\ndata: `), Buffer.from(line), Buffer.from('\n\n')])
  }

  #fail(failure: Failure): void {
    if (this.#over) return
    this.#end()
    this.#exchange.abort()
    const clean = withoutSecrets({ ok: false, failure, facts: { usage: unknownUsage } }, this.#thing.keeper.keys)
    const error = this.#thing.error(clean.failure)
    const { code, message, param = null } = error
    // Not `response.failed`: only its telling has.
    const event = { type: 'error', code, message, param, ...errorBody(error), sequence_number: this.#next }
    this.#sink.fail(error, typedFrame(event))
  }

  #end(): void {
    this.#over = true
    this.#cancelTimeout()
  }
}

function parsed(data: Buffer): Json | undefined {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
