import type { Clock, Random } from '../clock.ts'
import type { Timeouts } from '../config.ts'
import type { AnswerSink, Run } from '../engine.ts'
import type { Failure } from '../failure.ts'
import type { AttemptRecord, Outcome, UsageRecord } from '../meter/usage-record.ts'
import { attemptRecord, usageRecord, type RequestCourse } from '../meter/write-record.ts'
import type { RoutePlan } from '../route/plan-route.ts'
import type { Target } from '../route/target.ts'
import type { Bytes, Headers, Transport } from '../transport.ts'
import { unknownUsage } from '../usage.ts'
import type { Call } from '../wire/call.ts'
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
import { callerError, unsettledError } from './caller-error.ts'
import { nextStep } from './next-step.ts'
import { otherModels } from './other-models.ts'
import { prepare } from './prepare.ts'
import { pricedTail } from './priced-tail.ts'
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
  readonly #call: Call
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
  #droppedParams: readonly string[] = []
  #attemptStartedMs = 0
  #firstOutputMs: number | undefined
  #cancelWait: (() => void) | undefined
  /** Attempts begun, and pauses taken before one. */
  #tries = 0
  #retries = 0
  #billed = false
  #committed = false
  #over = false

  constructor(world: RunWorld, call: Call, plan: RoutePlan, sink: AnswerSink) {
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

  commit({ model = this.#target.model }: AnswerFacts): void {
    this.#committed = true
    this.#firstOutputMs = this.#elapsed()
    this.#sink.commit({ target: this.#target, model, attempts: this.#tries, droppedParams: this.#droppedParams })
  }

  write(frames: Bytes): boolean {
    return this.#sink.write(frames)
  }

  end(result: AttemptResult): void {
    this.#attempt = undefined
    const failure = result.ok ? undefined : result.failure
    this.#records.push(
      attemptRecord(this.#target, {
        startedMs: this.#attemptStartedMs,
        endedMs: this.#elapsed(),
        firstOutputMs: this.#firstOutputMs,
        failure,
        status: result.ok ? result.status : failure?.status,
        usage: result.facts.usage,
      }),
    )
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
    try {
      this.#attempt = this.#begin()
    } catch (cause) {
      // Later, as every other end of an attempt: the front may not have its run yet.
      const failure: Failure = { class: 'unknown', mayBeBilled: false, message: 'could not be asked', cause }
      const facts = { usage: unknownUsage }
      this.#cancelWait = this.#world.clock.after(0, () => this.end({ ok: false, facts, failure }))
    }
  }

  #begin(): Attempt {
    const target = this.#target
    const order: AttemptOrder = { call: this.#call, target, headers: this.#headers }
    const { droppedParams, stream, answer } = prepare(this.#call, target)
    this.#droppedParams = droppedParams
    return stream === undefined
      ? new AnswerAttempt(this.#world, order, this, answer())
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
        return this.#turnTo(otherModels(failure, this.#plan, this.#targets, this.#records), failure, facts)
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

  #deadlinePassed(): void {
    const failure = timeoutFailure(`did not finish its answer within ${this.#deadlineMs} ms`)
    this.#cancelWait?.()
    // Nothing may follow the deadline, so the failure is final whatever its class would allow.
    this.#over = true
    if (this.#attempt === undefined) this.#giveUp(failure, { usage: unknownUsage })
    else this.#attempt.abort(failure)
  }

  #answered(facts: AnswerFacts, tail: AnswerTail): void {
    this.#over = true
    if (!this.#committed) this.commit(facts)
    const record = this.#recordOf('complete', facts, undefined)
    const untold = (cause: unknown): void => this.#sink.fail(unsettledError(cause), record)
    const tell = (): void => this.#sink.finish(pricedTail(tail, record, this.#call), record)
    this.#settle(record, tell, untold)
  }

  #giveUp(failure: Failure, facts: AnswerFacts): void {
    this.#over = true
    const cancelled = failure.class === 'cancelled'
    const outcome = cancelled ? 'cancelled' : this.#committed ? 'interrupted' : 'failed'
    const error = callerError(failure, this.#target, this.#records.length)
    const record = this.#recordOf(outcome, facts, error.code)
    const tell = (): void => {
      if (!cancelled) this.#sink.fail(error, record)
    }
    // Whether it was recorded or not, it failed for this reason.
    this.#settle(record, tell, tell)
  }

  /** Nothing final leaves before the record is durable. */
  #settle(record: UsageRecord, then: () => void, otherwise: (cause: unknown) => void): void {
    this.#cancelDeadline()
    let settled: void | Promise<void>
    try {
      settled = this.#sink.settle(record)
    } catch (cause) {
      otherwise(cause)
      return
    }
    if (settled === undefined) then()
    else settled.then(then, otherwise)
  }

  #recordOf(outcome: Outcome, facts: AnswerFacts, errorCode: RequestCourse['errorCode']): UsageRecord {
    return usageRecord(this.#call, this.#target, {
      ...facts,
      outcome,
      errorCode,
      delivered: this.#committed,
      attempts: this.#records,
      durationMs: this.#elapsed(),
      firstOutputMs: this.#firstOutputMs,
    })
  }
}
