import type { Clock, Random } from '../clock.ts'
import type { Timeouts } from '../config.ts'
import type { AnswerSink, Run } from '../engine.ts'
import { SpekaError, type ErrorCode } from '../errors.ts'
import { callerSees, type Failure } from '../failure.ts'
import { chargeFor } from '../meter/meter.ts'
import { pricedUsage, usageFrame } from '../meter/price-answer.ts'
import { periodOf, type AttemptRecord, type Outcome, type UsageRecord } from '../meter/usage-record.ts'
import { costOf } from '../pricing/cost-of.ts'
import { priceAt } from '../pricing/price-at.ts'
import type { RoutePlan } from '../route/plan-route.ts'
import type { Target } from '../route/target.ts'
import type { Bytes, Headers, Transport } from '../transport.ts'
import { unknownUsage } from '../usage.ts'
import type { ChatCall } from '../wire/chat-call.ts'
import { doneFrame } from '../wire/frames.ts'
import { join, splice } from '../wire/splice.ts'
import { AnswerAttempt } from './answer-attempt.ts'
import {
  timeoutFailure,
  type AnswerFacts,
  type AnswerTail,
  type Attempt,
  type AttemptListener,
  type AttemptOrder,
  type AttemptResult,
} from './attempt.ts'
import { nextStep } from './next-step.ts'
import { retryDelay } from './retry-delay.ts'
import { StreamAttempt } from './stream-attempt.ts'

export interface RunWorld {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly timeouts: Timeouts
  readonly maxAttempts: number
  /** Names this gateway to gateways further on, so that a loop is noticed. */
  readonly via: string
}

/** Header by which gateways tell each other what a request has passed through. */
export const VIA_HEADER = 'x-speka-via'

const left: Failure = { class: 'cancelled', mayBeBilled: true, message: 'the caller left' }

/**
 * Carries out a route plan: one attempt at a time, under one budget of attempts and one deadline, until a target has
 * answered or nothing is left to try. Then it settles, and only then does the sink get the end.
 */
export class PlanRun implements Run, AttemptListener {
  readonly #world: RunWorld
  readonly #call: ChatCall
  readonly #plan: RoutePlan
  readonly #sink: AnswerSink
  readonly #headers: Headers
  readonly #startedAt: number
  readonly #deadlineMs: number
  readonly #cancelDeadline: () => void
  readonly #records: AttemptRecord[] = []
  /** What is still to be tried, the current target first. */
  #targets: readonly [Target, ...Target[]]
  #attempt: Attempt | undefined
  #attemptStartedMs = 0
  #firstOutputMs: number | undefined
  #cancelWait: (() => void) | undefined
  /** Attempts begun, and pauses taken before one. */
  #tries = 0
  #retries = 0
  #billed = false
  #committed = false
  #over = false

  constructor(world: RunWorld, call: ChatCall, plan: RoutePlan, sink: AnswerSink) {
    this.#world = world
    this.#call = call
    this.#plan = plan
    this.#sink = sink
    this.#targets = plan.targets
    this.#headers = {
      'x-request-id': call.id,
      [VIA_HEADER]: call.via === undefined ? world.via : `${call.via},${world.via}`,
    }
    this.#startedAt = world.clock.monotonic()
    this.#deadlineMs = Math.min(call.timeoutMs ?? Infinity, world.timeouts.total_ms)
    this.#cancelDeadline = world.clock.after(this.#deadlineMs, () => this.#deadlinePassed())
    this.#try()
  }

  // What the front may do.

  resume(): void {
    this.#attempt?.resume()
  }

  abort(): void {
    if (this.#over) return
    this.#cancelWait?.()
    if (this.#attempt === undefined) this.#giveUp(left, { usage: unknownUsage })
    else this.#attempt.abort(left)
  }

  // What the attempt tells.

  commit(): void {
    this.#committed = true
    this.#firstOutputMs = this.#elapsed()
    this.#sink.commit({ target: this.#target, attempts: this.#tries })
  }

  write(frames: Bytes): boolean {
    return this.#sink.write(frames)
  }

  end(result: AttemptResult): void {
    this.#attempt = undefined
    this.#records.push(this.#recordOf(result))
    if (result.ok) this.#answered(result.facts, result.tail)
    else if (this.#committed || this.#over) this.#giveUp(result.failure, result.facts)
    else this.#goOn(result.failure, result.facts)
  }

  // What becomes of it.

  get #target(): Target {
    return this.#targets[0]
  }

  #elapsed(): number {
    return this.#world.clock.monotonic() - this.#startedAt
  }

  #try(): void {
    this.#tries += 1
    this.#attemptStartedMs = this.#elapsed()
    const target = this.#target
    const order: AttemptOrder = { call: this.#call, target, headers: this.#headers }
    const chat = target.adapter.chat
    if (chat === undefined)
      throw new SpekaError('internal_error', `Provider type "${target.adapter.type}" has no chat.`)
    const stream = this.#call.stream ? chat.stream?.(this.#call, target) : undefined
    this.#attempt =
      stream === undefined
        ? new AnswerAttempt(this.#world, order, this, chat.answer(this.#call, target))
        : new StreamAttempt(this.#world, order, this, stream)
  }

  #goOn(failure: Failure, facts: AnswerFacts): void {
    const step = nextStep({
      failure,
      billedBefore: this.#billed,
      anotherTarget: this.#targets.length > 1,
      attemptsLeft: this.#world.maxAttempts - this.#records.length,
      routesItself: this.#target.adapter.routesItself === true,
    })
    if (failure.mayBeBilled) this.#billed = true
    switch (step) {
      case 'stop':
        return this.#giveUp(failure, facts)
      case 'next_target':
        return this.#turnTo(this.#targets.slice(1), failure, facts)
      case 'next_model':
        return this.#turnTo(this.#otherModels(failure), failure, facts)
      case 'retry_here': {
        const delay = retryDelay(this.#retries, failure.retryAfterMs, this.#world.random)
        if (delay === undefined || this.#elapsed() + delay >= this.#deadlineMs) return this.#giveUp(failure, facts)
        this.#retries += 1
        this.#cancelWait = this.#world.clock.after(delay, () => {
          this.#cancelWait = undefined
          this.#try()
        })
      }
    }
  }

  #turnTo(targets: readonly Target[], failure: Failure, facts: AnswerFacts): void {
    const [next, ...others] = targets
    if (next === undefined) return this.#giveUp(failure, facts)
    this.#targets = [next, ...others]
    this.#try()
  }

  /** Where a prompt may fit, or content may be welcome: the fallbacks for that, then the plan's other models. */
  #otherModels(failure: Failure): Target[] {
    const { entry, model } = this.#target
    const tooLong = failure.class === 'context_window'
    const special = (tooLong ? this.#plan.contextWindow : this.#plan.contentPolicy).filter(
      (target) => !this.#tried(target),
    )
    const others = this.#targets.slice(1).filter((target) => {
      if (target.model === model) return false
      return (
        !tooLong || target.entry.contextWindow === undefined || target.entry.contextWindow > (entry.contextWindow ?? 0)
      )
    })
    return [...special, ...others]
  }

  #tried(target: Target): boolean {
    return this.#records.some((record) => record.model === target.model && record.provider === target.provider)
  }

  #deadlinePassed(): void {
    const failure = timeoutFailure(`did not answer within ${this.#deadlineMs} ms`)
    this.#cancelWait?.()
    // Nothing may follow the deadline, so the failure is final whatever its class would allow.
    this.#over = true
    if (this.#attempt === undefined) this.#giveUp(failure, { usage: unknownUsage })
    else this.#attempt.abort(failure)
  }

  #answered(facts: AnswerFacts, tail: AnswerTail): void {
    this.#over = true
    if (!this.#committed) this.commit()
    const record = this.#usageRecord('complete', facts, undefined)
    this.#settle(record, () => this.#sink.finish(this.#priced(tail, record), record))
  }

  #giveUp(failure: Failure, facts: AnswerFacts): void {
    this.#over = true
    const cancelled = failure.class === 'cancelled'
    const outcome = cancelled ? 'cancelled' : this.#committed ? 'interrupted' : 'failed'
    const error = errorOf(failure, this.#target, this.#records.length)
    const record = this.#usageRecord(outcome, facts, error.code)
    this.#settle(record, () => {
      if (!cancelled) this.#sink.fail(error, record)
    })
  }

  /** Nothing final leaves before the record is durable. */
  #settle(record: UsageRecord, then: () => void): void {
    this.#cancelDeadline()
    const settled = this.#sink.settle(record)
    if (settled === undefined) then()
    else settled.then(then, (cause: unknown) => this.#unsettled(record, cause))
  }

  #unsettled(record: UsageRecord, cause: unknown): void {
    if (record.outcome === 'cancelled') return
    const error = SpekaError.is(cause)
      ? cause
      : new SpekaError(
          'storage_unavailable',
          'The answer could not be recorded, so it is not delivered as finished. Try again.',
          { cause },
        )
    this.#sink.fail(error, record)
  }

  /** The end of the answer with its cost in it. */
  #priced(tail: AnswerTail, record: UsageRecord): readonly Bytes[] {
    const { usageJson } = tail
    if (tail.kind === 'json') {
      const { body, edits, usageAt } = tail
      if (usageJson === undefined || usageAt === undefined) return splice(body, edits)
      return splice(body, [...edits, { ...usageAt, text: JSON.stringify(pricedUsage(usageJson, record.charge)) }])
    }
    const end: Bytes[] = [...tail.frames]
    if (this.#call.wantsUsage && usageJson !== undefined) {
      const head = {
        id: record.upstreamId ?? `chatcmpl-${record.id}`,
        created: tail.created ?? Math.trunc(record.createdAt / 1000),
        model: this.#target.model,
      }
      end.push(usageFrame(head, usageJson, record.charge))
    }
    end.push(doneFrame)
    return [join(end)]
  }

  #recordOf(result: AttemptResult): AttemptRecord {
    const { provider, upstreamModel, model, cost } = this.#target
    const failure = result.ok ? undefined : result.failure
    return {
      provider,
      upstreamModel,
      model,
      startedMs: round(this.#attemptStartedMs),
      durationMs: round(this.#elapsed() - this.#attemptStartedMs),
      firstOutputMs:
        this.#firstOutputMs === undefined ? undefined : round(this.#firstOutputMs - this.#attemptStartedMs),
      outcome: failure?.class ?? 'answered',
      status: result.ok ? result.status : failure?.status,
      message: failure?.message,
      cost: cost === undefined || !result.ok ? undefined : costOf(result.facts.usage, cost),
    }
  }

  #usageRecord(outcome: Outcome, facts: AnswerFacts, errorCode: ErrorCode | undefined): UsageRecord {
    const { id, keyId, stream, receivedAt, outline } = this.#call
    const { model, provider, upstreamModel, entry } = this.#target
    const price = priceAt(entry.prices, receivedAt)
    return {
      id,
      keyId,
      endpoint: 'chat',
      stream,
      createdAt: receivedAt,
      period: periodOf(receivedAt),
      requestedModel: outline.model,
      model,
      provider,
      upstreamModel,
      upstreamId: facts.upstreamId,
      outcome,
      finishReason: facts.finishReason,
      errorCode,
      usage: facts.usage,
      price,
      charge: chargeFor(outcome, facts.usage, price, this.#committed),
      attempts: this.#records,
      durationMs: round(this.#elapsed()),
      firstOutputMs: this.#firstOutputMs === undefined ? undefined : round(this.#firstOutputMs),
    }
  }
}

/** What the caller is told about the last failure: who failed, how, and whether to come back. */
function errorOf(failure: Failure, { provider, model }: Target, attempts: number): SpekaError {
  const tries = attempts > 1 ? ` after ${attempts} attempts` : ''
  return new SpekaError(
    failure.code ?? callerSees[failure.class],
    `Provider "${provider}" ${failure.message} (model "${model}")${tries}.`,
    {
      param: failure.param,
      retryAfterMs: failure.retryAfterMs,
      cause: failure.cause,
      // The gateway has used up its own attempts: a client that multiplies them helps nobody, unless it was told when to.
      retry: failure.class === 'rate_limit' && failure.retryAfterMs !== undefined && failure.retryAfterMs <= 60_000,
    },
  )
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000
