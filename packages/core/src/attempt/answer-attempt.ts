import type { Failure } from '../failure.ts'
import { believableUsage, withBelievableCharge } from '../meter/believable-usage.ts'
import { tokensInAnswer } from '../meter/estimate-usage.ts'
import { BadReplyError, badReply } from '../providers/bad-reply.ts'
import { readEventsAsAnswer } from '../providers/events-as-answer.ts'
import type { Answer, Reply, Step } from '../providers/provider.ts'
import type { Bytes, Exchange, Headers, ReplySink, TransportFailure } from '../transport.ts'
import { unknownUsage } from '../usage.ts'
import { beginsAsEvents } from '../wire/begins-as-events.ts'
import { asBuffer } from '../bytes/scan-object.ts'
import { splice } from '../bytes/splice.ts'
import {
  failureOfTransport,
  type AnswerFacts,
  type Attempt,
  type AttemptListener,
  type AttemptOrder,
  type AttemptWorld,
} from './attempt.ts'
import { placeGiven } from './place-given.ts'
import { usageToTell } from './usage-to-tell.ts'
import { isEventStream, isSuccess, refusesEncoding, ReplyCollector } from './reply-collector.ts'

const nothingKnown: AnswerFacts = { usage: unknownUsage }

/** One try at a JSON answer: walks the provider's steps, one upstream call or pause after the other. */
export class AnswerAttempt implements Attempt, ReplySink {
  readonly #world: AttemptWorld
  readonly #order: AttemptOrder
  readonly #listener: AttemptListener
  readonly #steps: Generator<Step, Answer, Reply>
  #collector: ReplyCollector | undefined
  #exchange: Exchange | undefined
  #cancelWait: (() => void) | undefined
  #status = 0
  /** Whether the exchange under way is with a host that is not the provider's. */
  #isForeign = false
  /** Whether the upstream has taken the request: what fails after that may be billed, whatever the failure is. */
  #accepted = false
  #ended = false

  constructor(
    world: AttemptWorld,
    order: AttemptOrder,
    listener: AttemptListener,
    steps: Generator<Step, Answer, Reply>,
  ) {
    this.#world = world
    this.#order = order
    this.#listener = listener
    this.#steps = steps
    // What fails before anything is sent is thrown: there is no attempt yet that could end.
    this.#take(this.#steps.next(NO_REPLY))
  }

  // What the run may do.

  resume(): void {
    // A JSON answer is collected whole, so it is never paused.
  }

  abort(failure: Failure): void {
    this.#fail(failure)
  }

  // What the transport tells.

  head(status: number, headers: Headers): void {
    this.#status = status
    this.#listener.head?.(headers)
    const refusal = refusesEncoding(headers)
    if (refusal === undefined) this.#collector = new ReplyCollector(status, headers)
    else this.#fail(refusal)
  }

  data(chunk: Bytes): void {
    if (this.#ended) return
    const tooLarge = this.#collector?.add(chunk)
    if (tooLarge !== undefined) this.#fail(tooLarge)
  }

  end(): void {
    if (this.#ended || this.#collector === undefined) return
    const reply = this.#collector.reply()
    if (isSuccess(reply.status)) {
      this.#accepted = true
      this.#advance(reply)
    } else if (this.#isForeign) this.#fail(badReply('pointed to an answer that could not be fetched'))
    else this.#fail(this.#order.target.adapter.classify(reply))
  }

  fail(failure: TransportFailure): void {
    this.#fail(failureOfTransport(failure))
  }

  // What becomes of it.

  #advance(reply: Reply): void {
    let step: IteratorResult<Step, Answer>
    try {
      step = this.#isOfEvents(reply) ? this.#takeEvents(reply) : this.#steps.next(reply)
    } catch (error) {
      this.#fail(
        error instanceof BadReplyError
          ? error.failure
          : { class: 'unknown', mayBeBilled: true, message: 'sent an answer that cannot be read', cause: error },
      )
      return
    }
    this.#take(step)
  }

  /** Whether an upstream that was not asked for events has sent some: JSON begins with a brace, as almost every reply does. */
  #isOfEvents({ headers, body }: Reply): boolean {
    if (this.#isForeign || this.#order.native !== undefined || body[0] === OPEN_BRACE || body.length === 0) return false
    return beginsAsEvents(asBuffer(body), isEventStream(headers)) === true
  }

  #takeEvents(reply: Reply): IteratorResult<Step, Answer> {
    const { call, target } = this.#order
    const read = readEventsAsAnswer(reply, call, target, target.adapter)
    return 'reply' in read ? this.#steps.next(read.reply) : { done: true, value: read.answer }
  }

  #take(step: IteratorResult<Step, Answer>): void {
    if (step.done === true) this.#complete(step.value)
    else if ('waitMs' in step.value)
      this.#cancelWait = this.#world.clock.after(step.value.waitMs, () => this.#advance(NO_REPLY))
    else this.#send(step.value)
  }

  #send({ send, to }: Extract<Step, { send: unknown }>): void {
    const { upstream, target } = this.#order
    const place = to === undefined ? { upstream, isForeign: false } : placeGiven(to, upstream, target.adapter.hosts)
    if (place === undefined) {
      this.#fail(badReply('pointed to an address that is not safe to fetch'))
      return
    }
    this.#isForeign = place.isForeign
    this.#exchange = this.#world.transport.send(
      place.upstream,
      // What lies elsewhere is told nothing of the request.
      { ...send, headers: place.isForeign ? send.headers : { ...send.headers, ...this.#order.headers } },
      this,
    )
  }

  #complete(answer: Answer): void {
    this.#ended = true
    const { body, edits, usageAt, id: upstreamId, finishReason, model, contentType } = answer
    const { call, target } = this.#order
    const usage = believableUsage(answer.usage, call, target, answer.outputTokens ?? (() => tokensInAnswer(body)))
    const isTheirs = usage === answer.usage
    const usageJson = isTheirs ? answer.usageJson : usageToTell(usage, this.#order)
    const usageIsAsSent = isTheirs && answer.usageIsAsSent === true
    this.#listener.end({
      ok: true,
      status: this.#status,
      facts: { ...withBelievableCharge(usage, answer.charge), upstreamId, finishReason, model, contentType },
      tail:
        contentType === undefined
          ? { kind: 'json', body, edits, usageJson, usageAt, usageIsAsSent }
          : { kind: 'bytes', rest: splice(body, edits) },
    })
  }

  #fail(failure: Failure): void {
    if (this.#ended) return
    this.#ended = true
    this.#cancelWait?.()
    this.#exchange?.abort()
    const mayBeBilled = failure.mayBeBilled || this.#accepted
    this.#listener.end({ ok: false, facts: nothingKnown, failure: { ...failure, mayBeBilled } })
  }
}

const OPEN_BRACE = 0x7b

/** What a step that expects no reply receives. */
const NO_REPLY: Reply = { status: 0, headers: {}, body: Buffer.alloc(0) }
