import type { Failure } from '../failure.ts'
import { mostSaid, saidTooMuch } from './ended-at-bound.ts'
import { BadReplyError, badReply } from '../providers/bad-reply.ts'
import { Sees, type FrameFacts, type FrameTranslator, type StreamRequest } from '../providers/provider.ts'
import type { Bytes, Exchange, Headers, ReplySink, TransportFailure } from '../transport.ts'
import { beginsAsEvents, withoutBlanks } from '../wire/begins-as-events.ts'
import { FrameCutter, FrameTooLongError, type Cutter } from '../bytes/frames.ts'
import { asBuffer } from '../bytes/scan-object.ts'
import {
  failureOfTransport,
  timeoutFailure,
  type AnswerTail,
  type Attempt,
  type AttemptListener,
  type AttemptOrder,
  type AttemptWorld,
} from './attempt.ts'
import type { StreamTraits } from '../operations/operation.ts'
import { operations } from '../operations/operations.ts'
import { FrameRun } from './frame-run.ts'
import { IdleWatch } from './idle-watch.ts'
import { StreamFacts } from './stream-facts.ts'
import { usageToTell } from './usage-to-tell.ts'
import { isEventStream, isSuccess, refusesEncoding, ReplyCollector } from './reply-collector.ts'

/** Frames without output that are held back, waiting for the first, before the stream is committed all the same. */
const MOST_EARLY_FRAMES = 64
const MOST_EARLY_BYTES = 256 * 1024

/** The longest event with an image in it, in bytes. */
const MAX_IMAGE_FRAME_BYTES = 32 * 1024 * 1024

/** Comments show that an upstream lives, as while it queues a request; this long they are believed. */
const NO_PROGRESS_MS = 300_000
/** So many bytes without anything in them, blank lines and comments, are no signs of life but a flood. */
const MOST_IDLE_BYTES = 1024 * 1024

/** How far a stream has come, and so what becomes of its next frame. */
type Stage =
  /** Before the first output: frames are held, so that another target can still take over. */
  | 'early'
  /** Every choice has said why it ended, and there was no output yet. More may come, which shows that one choice had ended alone. */
  | 'early_finish'
  /** The answer belongs to this target: frames flow. */
  | 'flowing'
  /** Every choice that had output has said why it ended: frames are held for the ledger. */
  | 'finish'
  /** The run has been told how it ended; whatever comes now is dropped. */
  | 'over'

/** What a finish makes of a stage. */
const finished: Readonly<Record<Stage, Stage>> = {
  early: 'early_finish',
  early_finish: 'early_finish',
  flowing: 'finish',
  finish: 'finish',
  over: 'over',
}

/** One try at a streamed answer: its frames go from stage to stage, and its end to the run. */
export class StreamAttempt implements Attempt, ReplySink {
  readonly #world: AttemptWorld
  readonly #order: AttemptOrder
  readonly #listener: AttemptListener
  readonly #translator: FrameTranslator
  readonly #fromAnswer: StreamRequest['fromAnswer']
  readonly #ownEnd: StreamRequest['ownEnd']
  #cutter: Cutter
  readonly #framing: StreamRequest['framing']
  readonly #mostFrameBytes: number | undefined
  /** How long the upstream may be silent, in ms: before its first output, and after it. */
  readonly #patience: { readonly first: number; readonly idle: number }
  readonly #watch: IdleWatch
  readonly #exchange: Exchange
  /** Frames that have not gone on yet: of the early stages, of the answer, and from its finish on. */
  readonly #early = new FrameRun()
  readonly #flowing = new FrameRun()
  readonly #tail = new FrameRun()
  /** Set when the reply is not a stream of events: an error, or a JSON answer. */
  #collector: ReplyCollector | undefined
  /** How a success has begun, until that tells whether it is one: what it is called may be wrong. */
  #beginning: Beginning | undefined
  readonly #facts: StreamFacts
  readonly #mostSaid: number
  #status = 0
  /** Events that were output. */
  #outputs = 0
  #stage: Stage = 'early'
  #paused = false
  #flushing = false
  /** When something other than a sign of life came last, in ms, and whether any came with the bytes at hand. */
  #progressAt: number
  #progressed = false
  /** Bytes since then. */
  #idleBytes = 0
  /** The upstream has closed the reply; of a stream, the last frame may be left. */
  #closed = false

  constructor(world: AttemptWorld, order: AttemptOrder, listener: AttemptListener, plan: StreamRequest) {
    const { first_token_ms, idle_ms, total_ms } = world.timeouts
    this.#world = world
    this.#order = order
    this.#listener = listener
    this.#facts = new StreamFacts(order)
    this.#mostSaid = mostSaid(order.call)
    this.#translator = plan.translator
    this.#fromAnswer = plan.fromAnswer
    this.#ownEnd = plan.ownEnd
    const { holdsPictures, mayBeSilent } = operations[order.call.endpoint].stream ?? NO_TRAITS
    const hasPictures = holdsPictures === true || plan.holdsPictures === true
    this.#framing = plan.framing
    this.#mostFrameBytes = hasPictures ? MAX_IMAGE_FRAME_BYTES : undefined
    this.#cutter = new FrameCutter(this.#mostFrameBytes)
    // What takes its time before anything of it shows is waited for until the deadline.
    this.#patience =
      mayBeSilent === true ? { first: total_ms, idle: total_ms } : { first: first_token_ms, idle: idle_ms }
    this.#exchange = world.transport.send(
      order.upstream,
      { ...plan.request, headers: { ...plan.request.headers, ...order.headers } },
      this,
    )
    // After the request, which may throw: a timer would be left behind.
    this.#watch = new IdleWatch(world.clock, this.#patience.first, () => this.#timedOut())
    this.#progressAt = world.clock.monotonic()
  }

  // What the run may do.

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#watch.touch()
    this.#progressAt = this.#world.clock.monotonic()
    this.#exchange.resume()
  }

  abort(failure: Failure): void {
    this.#fail(failure)
  }

  // What the transport tells.

  head(status: number, headers: Headers): void {
    if (this.#stage === 'over') return
    this.#status = status
    this.#listener.head?.(headers)
    const refusal = refusesEncoding(headers)
    if (refusal !== undefined) this.#fail(refusal)
    else if (isSuccess(status)) this.#begin(headers)
    else this.#collector = new ReplyCollector(status, headers)
  }

  #begin(headers: Headers): void {
    const framing = this.#framing
    if (framing !== undefined && headers['content-type']?.startsWith(framing.contentType) === true)
      this.#cutter = framing.cutter(this.#mostFrameBytes)
    else this.#beginning = { headers, bytes: NOTHING }
  }

  data(chunk: Bytes): void {
    if (this.#stage === 'over') return
    const now = this.#world.clock.monotonic()
    // Before the first output nothing prolongs the wait for it, however busy the upstream keeps the line.
    if (this.#isCommitted) this.#watch.touch(now)
    if (this.#beginning === undefined) this.#more(chunk, now)
    else this.#begins(this.#beginning, chunk, now)
  }

  #begins({ headers, bytes }: Beginning, chunk: Bytes, now: number): void {
    if (bytes.length === 0 && FIRST_OF_FIELDS.has(chunk[0]) && isEventStream(headers)) {
      this.#beginning = undefined
      this.#more(chunk, now)
      return
    }
    const all = withoutBlanks(bytes.length === 0 ? asBuffer(chunk) : Buffer.concat([bytes, chunk]))
    const isEvents = beginsAsEvents(all, isEventStream(headers))
    if (isEvents === undefined) {
      this.#beginning = { headers, bytes: Buffer.from(all) }
      this.#idle(chunk.length, now)
      return
    }
    this.#beginning = undefined
    if (isEvents !== true) this.#collector = new ReplyCollector(this.#status, headers)
    this.#more(all, now)
  }

  #more(chunk: Bytes, now: number): void {
    if (this.#collector !== undefined) {
      const tooLarge = this.#collector.add(chunk)
      if (tooLarge !== undefined) this.#fail(tooLarge)
      return
    }
    this.#cut(chunk)
    this.#flushSoon()
    if (this.#progressed) {
      this.#progressAt = now
      this.#idleBytes = 0
    } else {
      this.#idle(chunk.length, now)
    }
    this.#progressed = false
  }

  end(): void {
    if (this.#stage === 'over') {
      this.#watch.stop()
      return
    }
    this.#closed = true
    if (this.#beginning !== undefined) this.#neverBegan(this.#beginning)
    if (this.#collector !== undefined) {
      this.#answerInstead(this.#collector)
      return
    }
    // Some upstreams leave out the blank line after their last event.
    const rest = this.#cutter.rest()
    if (rest.length > 0) this.#frame(Buffer.concat([rest, END_OF_FRAME]))
    this.#translator.end(this.#emit)
    this.#flush()
    this.#judgeEnd()
  }

  fail(failure: TransportFailure): void {
    this.#watch.stop()
    this.#closed = true
    // Every choice had said why it ended: only the line broke, after the answer was whole.
    if (this.#isFinished) this.#complete()
    else this.#fail(failureOfTransport(failure))
  }

  // What becomes of it.

  /** Not a letter came of it. */
  #neverBegan({ headers, bytes }: Beginning): void {
    this.#beginning = undefined
    if (isEventStream(headers)) return
    this.#collector = new ReplyCollector(this.#status, headers)
    this.#collector.add(bytes)
  }

  /** More came, and nothing of an answer was in it. */
  #idle(bytes: number, now: number): void {
    this.#idleBytes += bytes
    if (now - this.#progressAt > NO_PROGRESS_MS) this.#fail(timeoutFailure('sent signs of life, but no answer'))
    else if (this.#idleBytes - this.#cutter.held > MOST_IDLE_BYTES) this.#fail(badReply('sent a flood of nothing'))
  }

  #cut(chunk: Bytes): void {
    try {
      this.#cutter.push(chunk, this.#frame, this.#skim)
    } catch (error) {
      if (!(error instanceof FrameTooLongError)) throw error
      this.#fail(badReply('sent an event that is too long', error))
    }
  }

  readonly #frame = (frame: Buffer): void => {
    if (this.#stage !== 'over') this.#translator.frame(frame, this.#emit)
  }

  readonly #skim = (chunk: Buffer, start: number): number =>
    this.#stage === 'over' ? start : (this.#translator.run?.(chunk, start, this.#emit) ?? start)

  readonly #emit = (frame: Bytes, sees: number, facts?: FrameFacts): void => {
    if (this.#stage === 'over') return
    this.#progressed = true
    if (facts !== undefined) this.#facts.learn(facts)
    if ((sees & Sees.Failure) !== 0) {
      this.#reported(facts?.failure ?? badReply('reported an error'))
      return
    }
    if ((sees & Sees.Done) !== 0) {
      this.#flush()
      this.#judgeEnd()
      return
    }
    if ((sees & Sees.Output) !== 0) this.#output()
    if ((sees & Sees.Finish) !== 0) this.#stage = finished[this.#stage]
    this.#place(frame)
  }

  #place(frame: Bytes): void {
    switch (this.#stage) {
      case 'flowing':
        this.#flowing.add(frame)
        break
      case 'early':
        this.#holdEarly(frame)
        break
      case 'early_finish':
      case 'finish':
        this.#tail.add(frame)
        break
      case 'over':
        // Whoever heard of the commitment has ended the call.
        break
    }
  }

  /** A frame told of a failure, or was none: then the last one may have been cut off, which a finished answer survives. */
  #reported(failure: Failure): void {
    if (!this.#closed || failure.code !== 'upstream_bad_response') this.#fail(failure)
    else if (!this.#isFinished) this.#fail(incomplete('ended its stream in the middle of an event'))
  }

  /** Output commits the attempt, and shows that an earlier finish was only one choice's. */
  #output(): void {
    this.#outputs += 1
    if (this.#stage === 'flowing') return
    if (this.#isCommitted) this.#stage = 'flowing'
    else this.#commit()
    for (const frame of this.#tail.take()) this.#flowing.add(frame)
  }

  #holdEarly(frame: Bytes): void {
    this.#early.add(frame)
    if (this.#early.count >= MOST_EARLY_FRAMES || this.#early.bytes > MOST_EARLY_BYTES) this.#commit()
  }

  #commit(): void {
    this.#stage = 'flowing'
    this.#watch.restart(this.#patience.idle)
    this.#listener.commit(this.#facts.told)
    for (const frame of this.#early.take()) this.#flowing.add(frame)
  }

  /** A transport may hand over what one read from the network brought in many pieces: they are written together. */
  #flushSoon(): void {
    if (this.#flushing || this.#stage === 'over') return
    this.#flushing = true
    void settled.then(this.#flush)
  }

  /** Writes what came since the last time. */
  readonly #flush = (): void => {
    this.#flushing = false
    if (this.#stage === 'over') return
    if (!this.#write()) {
      this.#paused = true
      this.#exchange.pause()
    }
    if (this.#mostSaid !== Infinity && this.#outputTokens > this.#mostSaid) this.#fail(saidTooMuch)
  }

  /** @returns whether more is wanted. */
  #write(): boolean {
    let isWanted = true
    for (const piece of this.#flowing.takeJoined()) if (!this.#listener.write(piece)) isWanted = false
    return isWanted
  }

  /** The stream is over: whole only if every choice has said why it ended. A gateway on the way may put an end mark behind anything. */
  #judgeEnd(): void {
    if (this.#isFinished) this.#complete()
    else this.#fail(incomplete('ended its stream before the answer was finished'))
  }

  /** Whether the answer belongs to this target. */
  get #isCommitted(): boolean {
    return this.#stage === 'flowing' || this.#stage === 'finish'
  }

  /** Whether every choice has said why it ended. */
  get #isFinished(): boolean {
    return this.#stage === 'finish' || this.#stage === 'early_finish'
  }

  get #outputTokens(): number {
    return this.#translator.outputTokens ?? this.#outputs
  }

  /** The upstream answered with one JSON body: an error, or an answer to be streamed by us. */
  #answerInstead(collector: ReplyCollector): void {
    const reply = collector.reply()
    if (!isSuccess(reply.status)) {
      this.#fail(this.#order.target.adapter.classify(reply))
      return
    }
    try {
      this.#fromAnswer(reply.body, this.#emit)
    } catch (error) {
      this.#fail(error instanceof BadReplyError ? error.failure : badReply('sent something else than events', error))
    }
    this.#flush()
  }

  #complete(): void {
    if (this.#stage === 'over') return
    this.#stage = 'over'
    // The connection is left to close by itself, for reuse; one that does not is cut off by the watch.
    if (this.#closed) this.#watch.stop()
    else this.#watch.restart(this.#world.timeouts.idle_ms)
    if (this.#paused) this.#exchange.resume()
    const frames = [...this.#early.take(), ...this.#tail.take()]
    this.#learnCounts()
    const facts = this.#facts.atEnd(() => this.#outputTokens, this.#translator.serviceTier)
    const isTheirs = facts.usage === this.#facts.told.usage
    const own = isTheirs ? undefined : usageToTell(facts.usage, this.#order)
    const end = this.#ownEnd
    const tail: AnswerTail =
      end === undefined
        ? { kind: 'stream', frames, created: this.#facts.created, usageJson: own ?? this.#facts.usageJson }
        : { kind: 'native', frames, whole: (counted) => end.whole(counted), usageJson: own }
    this.#listener.end({ ok: true, facts, status: this.#status, tail })
  }

  #fail(failure: Failure): void {
    if (this.#stage === 'over') return
    const isCommitted = this.#isCommitted
    this.#stage = 'over'
    this.#watch.stop()
    // What arrived whole before the failure was output; the caller gets it.
    this.#write()
    this.#exchange.abort()
    this.#learnCounts()
    const facts = isCommitted ? this.#facts.soFar(this.#outputTokens, this.#translator.serviceTier) : this.#facts.told
    this.#listener.end({ ok: false, facts, failure })
  }

  /** Counts that ran along. */
  #learnCounts(): void {
    const { counted } = this.#translator
    if (counted !== undefined) this.#facts.learn(counted)
  }

  #timedOut(): void {
    if (this.#stage === 'over') this.#exchange.abort()
    else if (this.#paused) this.#watch.restart(this.#patience.idle)
    else
      this.#fail(
        timeoutFailure(this.#isCommitted ? 'stopped in the middle of its answer' : 'did not begin to answer in time'),
      )
  }
}

const NO_TRAITS: StreamTraits = {}

const settled = Promise.resolve()

const END_OF_FRAME = Buffer.from('\n\n')

interface Beginning {
  readonly headers: Headers
  readonly bytes: Buffer
}

const NOTHING = Buffer.alloc(0)

/** The first letter of `data:` and `event:`, with one of which nearly every stream begins that is called one. */
const FIRST_OF_FIELDS: ReadonlySet<number | undefined> = new Set([0x64, 0x65])

/** The stream ended without a sign that the answer is whole. */
const incomplete = (says: string): Failure => ({
  class: 'transient',
  mayBeBilled: true,
  message: says,
  code: 'upstream_incomplete',
})
