import type { Failure } from '../failure.ts'
import { believableUsage, believableUsageSoFar } from '../meter/believable-usage.ts'
import { badReply } from '../providers/bad-reply.ts'
import type { BytesRequest } from '../providers/provider.ts'
import type { Bytes, Exchange, Headers, ReplySink, TransportFailure } from '../transport.ts'
import { unknownUsage } from '../usage.ts'
import {
  failureOfTransport,
  timeoutFailure,
  type AnswerFacts,
  type Attempt,
  type AttemptListener,
  type AttemptOrder,
  type AttemptWorld,
} from './attempt.ts'
import { IdleWatch } from './idle-watch.ts'
import { isSuccess, refusesEncoding, ReplyCollector } from './reply-collector.ts'

/**
 * One try at an answer of bytes, such as a sound: they go on as they come, under the type that they came with. The last of them is held
 * back until the answer is in the ledger, so that no answer is whole that was not recorded, and none that broke off.
 */
export class BytesAttempt implements Attempt, ReplySink {
  readonly #world: AttemptWorld
  readonly #order: AttemptOrder
  readonly #listener: AttemptListener
  readonly #plan: BytesRequest
  readonly #watch: IdleWatch
  readonly #exchange: Exchange
  /** Set for a reply that is no success. */
  #collector: ReplyCollector | undefined
  #facts: AnswerFacts = { usage: unknownUsage }
  #status = 0
  /** What came last, which has not gone on. */
  #last: Bytes | undefined
  #isPaused = false
  #isOver = false

  constructor(world: AttemptWorld, order: AttemptOrder, listener: AttemptListener, plan: BytesRequest) {
    this.#world = world
    this.#order = order
    this.#listener = listener
    this.#plan = plan
    this.#exchange = world.transport.send(
      order.upstream,
      { ...plan.request, headers: { ...plan.request.headers, ...order.headers } },
      this,
    )
    // As a JSON answer, it may be long in the making: until it begins, the deadline alone ends the wait.
    this.#watch = new IdleWatch(world.clock, world.timeouts.total_ms, () => this.#timedOut())
  }

  // What the run may do.

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#watch.touch()
    this.#exchange.resume()
  }

  abort(failure: Failure): void {
    this.#fail(failure)
  }

  // What the transport tells.

  head(status: number, headers: Headers): void {
    if (this.#isOver) return
    this.#status = status
    this.#listener.head?.(headers)
    const contentType = headers['content-type'] ?? ''
    const refusal = refusesEncoding(headers)
    if (refusal !== undefined) this.#fail(refusal)
    else if (!isSuccess(status)) this.#collector = new ReplyCollector(status, headers)
    else if (!this.#plan.types.test(contentType) || !IN_A_HEADER.test(contentType))
      this.#fail(badReply('sent something else than was asked for'))
    else if (endsWithItsConnection(headers)) this.#fail(badReply('sent an answer that does not say where it ends'))
    else this.#facts = { usage: this.#plan.usage?.(headers) ?? unknownUsage, contentType }
  }

  data(chunk: Bytes): void {
    if (this.#isOver) return
    this.#watch.touch()
    if (this.#collector !== undefined) {
      const tooLarge = this.#collector.add(chunk)
      if (tooLarge !== undefined) this.#fail(tooLarge)
      return
    }
    const before = this.#last
    this.#last = chunk
    if (before === undefined) {
      this.#watch.restart(this.#world.timeouts.idle_ms)
      this.#listener.commit(this.#facts)
    } else if (!this.#listener.write(before)) {
      this.#isPaused = true
      this.#exchange.pause()
    }
  }

  end(): void {
    if (this.#isOver) return
    if (this.#collector !== undefined) this.#fail(this.#order.target.adapter.classify(this.#collector.reply()))
    else if (this.#last === undefined) this.#fail(badReply('sent an empty answer'))
    else this.#complete(this.#last)
  }

  fail(failure: TransportFailure): void {
    this.#fail(failureOfTransport(failure))
  }

  // What becomes of it.

  #complete(last: Bytes): void {
    this.#isOver = true
    this.#watch.stop()
    const { call, target } = this.#order
    const usage = believableUsage(this.#facts.usage, call, target, NO_TOKENS)
    this.#listener.end({
      ok: true,
      facts: { ...this.#facts, usage },
      status: this.#status,
      tail: { kind: 'bytes', rest: [last] },
    })
  }

  #fail(failure: Failure): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#watch.stop()
    this.#exchange.abort()
    const { call, target } = this.#order
    const facts =
      this.#last === undefined
        ? this.#facts
        : { ...this.#facts, usage: believableUsageSoFar(this.#facts.usage, call, target, 0) }
    this.#listener.end({ ok: false, facts, failure })
  }

  #timedOut(): void {
    if (this.#isPaused) this.#watch.restart(this.#world.timeouts.idle_ms)
    else this.#fail(timeoutFailure('stopped in the middle of its answer'))
  }
}

/** Nobody counts tokens in bytes. */
const NO_TOKENS = (): number => 0

const IN_A_HEADER = /^[ -~]{1,200}$/

/** Whether an answer cut off could not be told from one that is whole. */
const endsWithItsConnection = (headers: Headers): boolean =>
  headers['connection']?.toLowerCase() === 'close' &&
  headers['content-length'] === undefined &&
  headers['transfer-encoding'] === undefined
