import type { Clock, Random } from '../clock.ts'
import type { Timeouts } from '../config.ts'
import type { AnswerSink, Run } from '../engine.ts'
import type { ErrorCode, SpekaError } from '../errors.ts'
import { callerSees, type Failure } from '../failure.ts'
import type { RetryBudget } from '../health/retry-budget.ts'
import { usageJsonOf } from '../meter/estimate-usage.ts'
import type { AttemptRecord, Outcome, UsageRecord } from '../meter/usage-record.ts'
import { usageRecord, type RequestCourse } from '../meter/write-record.ts'
import type { RoutePlan } from '../route/plan-route.ts'
import type { Target } from '../route/target.ts'
import type { Bytes, Headers, Transport, Upstream } from '../transport.ts'
import { unknownUsage } from '../usage.ts'
import type { Call } from '../operations/call.ts'
import { AnswerAttempt } from './answer-attempt.ts'
import { timeoutFailure, type AnswerFacts, type AnswerTail, type Attempt, type AttemptResult } from './attempt.ts'
import { BytesAttempt } from './bytes-attempt.ts'
import { callerError, unsettledError } from './caller-error.ts'
import { Continuation } from './continuation.ts'
import {
  budgetExhausted,
  BUDGET_EXHAUSTED,
  hasEndedAtBound,
  saidTooMuch,
  toldAsExhausted,
  wordsOf,
} from './ended-at-bound.ts'
import { farSideOf } from './far-side.ts'
import { Lane, type LaneListener } from './lane.ts'
import { nextStep } from './next-step.ts'
import { notAsked, unbegun } from './not-asked.ts'
import { otherModels } from './other-models.ts'
import { headersForAll, headersForGateway, letGoOfPrompt, prepare } from './prepare.ts'
import { pricedTail, withCappedUsage } from './priced-tail.ts'
import { retryDelay } from './retry-delay.ts'
import { settle } from './settle.ts'
import { StreamAttempt } from './stream-attempt.ts'

export interface RunWorld {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly timeouts: Timeouts
  readonly maxAttempts: number
  /** Shared by all runs: what a storm of failures may cost in extra calls. */
  readonly retryBudget: RetryBudget
  /** Names this gateway to gateways further on, so that a loop is noticed. */
  readonly via: string
  /** Whether an upstream that is a gateway too speaks for itself: the key that it gets is the caller's own. */
  readonly relaysErrors?: boolean | undefined
  /** Told who has answered, before the answer's end is handed over. */
  readonly answered?: ((call: Call, target: Target) => void) | undefined
}

const left: Failure = { class: 'cancelled', mayBeBilled: true, byCaller: true, message: 'the caller left' }
const stopped: Failure = { class: 'cancelled', mayBeBilled: true, message: 'the gateway was stopped' }
/** What ended it, by what its caller is told. */
const endings: Readonly<Partial<Record<ErrorCode, Failure>>> = {
  server_shutdown: stopped,
  budget_exhausted: saidTooMuch,
}
const outrun: Failure = { class: 'cancelled', mayBeBilled: true, message: 'another target was quicker' }

const nothingKnown: AnswerFacts = { usage: unknownUsage }

/**
 * Carries out a route plan: one attempt at a time, or two while a hedge is out, under one budget of attempts and one
 * deadline, until a target has answered or nothing is left to try. Then it settles, and only then does the sink get the
 * end.
 */
export class PlanRun implements Run, LaneListener {
  readonly #world: RunWorld
  #call: Call
  readonly #plan: RoutePlan
  readonly #sink: AnswerSink
  readonly #headers: Headers
  readonly #startedAt: number
  readonly #deadlineMs: number
  readonly #cancelDeadline: () => void
  readonly #records: AttemptRecord[] = []
  /** What is still to be tried after the attempts under way. */
  #rest: readonly Target[]
  /** Attempts under way. */
  #lanes: readonly Lane[] = []
  /** The lane begun last, which failures and records are about when there is no other. */
  #latest: Lane
  #winner: Lane | undefined
  /** Whether headers have gone: from then on only the rest of the same answer can follow. */
  #committed = false
  /** Set when the caller wants an answer that breaks off to be taken up elsewhere. */
  #continuation: Continuation | undefined
  /** Keys that were refused or limited in the course of this request. */
  #spentKeys: ReadonlySet<Upstream> = NO_KEYS
  #firstOutputMs: number | undefined
  #cancelWait: (() => void) | undefined
  #cancelHedge: (() => void) | undefined
  /** Attempts begun, and pauses taken before one. */
  #tries = 0
  #retries = 0
  #billed = false
  #over = false
  /** What a caller that is still there is told of an abort. */
  #told: SpekaError | undefined

  constructor(world: RunWorld, call: Call, plan: RoutePlan, sink: AnswerSink) {
    const { targets } = plan
    this.#world = world
    this.#call = call
    this.#plan = plan
    this.#sink = sink
    this.#rest = targets.length === 1 ? NO_TARGETS : targets.slice(1)
    if (call.outline.provider != null) this.#continuation = Continuation.of(call)
    this.#headers = headersForAll(call, world.via)
    this.#startedAt = world.clock.monotonic()
    this.#deadlineMs = Math.min(call.timeoutMs ?? Infinity, world.timeouts.total_ms)
    this.#cancelDeadline = world.clock.after(this.#deadlineMs, () => this.#deadlinePassed())
    world.retryBudget.deposit()
    this.#latest = this.#try(targets[0])
    const { hedgeAfterMs } = plan
    if (hedgeAfterMs !== undefined && targets.length > 1)
      this.#cancelHedge = world.clock.after(hedgeAfterMs, () => this.#hedge())
  }

  // What the front may do.

  resume(): void {
    this.#winner?.attempt?.resume()
  }

  abort(told?: SpekaError): void {
    if (this.#over) return
    this.#told = told
    this.#stopTimers()
    this.#endAll(told === undefined ? left : (endings[told.code] ?? left))
  }

  // What the lanes tell.

  committed(lane: Lane, { model = lane.target.model, contentType }: AnswerFacts): void {
    this.#winner = lane
    lane.firstOutputMs = this.#elapsed()
    this.#firstOutputMs ??= lane.firstOutputMs
    this.#cancelHedge?.()
    for (const other of this.#lanes) if (other !== lane) other.attempt?.abort(outrun)
    if (this.#committed) return
    this.#committed = true
    const { target, droppedParams } = lane
    const isGateways = this.#call.via !== undefined
    const failed = isGateways ? this.#records.filter(({ outcome }) => outcome !== 'answered') : undefined
    const dialect = lane.native?.dialect
    this.#sink.commit({ target, model, attempts: this.#tries, droppedParams, dialect, contentType, failed })
    // Nobody can take up what is not told in chat.
    if (lane.native !== undefined) this.#continuation = undefined
    if (this.#continuation === undefined) this.#call = lane.call = letGoOfPrompt(lane.call)
  }

  write(frames: Bytes): boolean {
    this.#continuation?.hear(frames)
    return this.#sink.write(frames)
  }

  ended(lane: Lane, result: AttemptResult): void {
    this.#lanes = this.#lanes.length === 1 ? NO_LANES : this.#lanes.filter((other) => other !== lane)
    this.#learn(lane, result)
    if (result.ok) this.#answered(lane, result.facts, result.tail)
    else if (lane === this.#winner || this.#isResuming) this.#brokeOff(lane, result.failure, result.facts)
    // Another one has won, or may still.
    else if (this.#winner !== undefined || this.#lanes.length > 0) this.#billed ||= result.failure.mayBeBilled
    else if (this.#over) this.#giveUp(lane, result.failure, result.facts)
    else this.#goOn(lane, result.failure, result.facts)
  }

  // What becomes of it.

  /** Whether an answer broke off, and another target is about to take it up. */
  get #isResuming(): boolean {
    return this.#committed && this.#winner === undefined
  }

  #elapsed(): number {
    return this.#world.clock.monotonic() - this.#startedAt
  }

  #try(target: Target, call = this.#call): Lane {
    const { clock } = this.#world
    const now = clock.monotonic()
    const upstream = target.keys.next(now, this.#spentKeys) ?? target.upstream
    const startedMs = now - this.#startedAt
    const headers =
      target.adapter.routesItself === true
        ? headersForGateway(this.#headers, call, this.#deadlineMs - startedMs)
        : this.#headers
    const lane = new Lane(this, { target, call }, { upstream, headers }, startedMs)
    this.#tries += 1
    this.#latest = lane
    this.#lanes = this.#lanes.length === 0 ? [lane] : [...this.#lanes, lane]
    target.health.begin(now)
    try {
      lane.attempt = this.#begin(lane)
    } catch (cause) {
      // Later, as every other end of an attempt: the front may not have its run yet.
      const cancel = clock.after(0, () => lane.end({ ok: false, facts: nothingKnown, failure: notAsked(cause) }))
      lane.attempt = unbegun(lane, cancel)
    }
    return lane
  }

  #begin(lane: Lane): Attempt {
    const { droppedParams, stream, bytes, answer, native } = prepare(lane.call, lane.target, lane.upstream)
    lane.droppedParams = droppedParams
    if (native !== undefined) lane.native = { ...native, broken: stream?.ownEnd?.broken }
    if (bytes !== undefined) return new BytesAttempt(this.#world, lane, lane, bytes)
    return stream === undefined
      ? new AnswerAttempt(this.#world, lane, lane, answer())
      : new StreamAttempt(this.#world, lane, lane, stream)
  }

  /** The first target takes its time: the next is asked as well, and whoever answers first has won. */
  #hedge(): void {
    this.#cancelHedge = undefined
    const [next, ...rest] = this.#rest
    if (next === undefined || this.#lanes.length !== 1 || this.#tries >= this.#world.maxAttempts) return
    // A form is sent once at a time.
    if (this.#call.form !== undefined) return
    this.#rest = rest
    this.#try(next)
  }

  #learn(lane: Lane, result: AttemptResult): void {
    const { target, upstream } = lane
    const now = this.#world.clock.monotonic()
    const record = lane.record(result, now - this.#startedAt)
    this.#records.push(record)
    const failure = result.ok ? undefined : result.failure
    if (failure === undefined) target.keys.accept(upstream, now)
    else if (KEY_FAILURES.has(failure.class)) {
      this.#spentKeys = new Set(this.#spentKeys).add(upstream)
      if (failure.class !== 'rate_limit') target.keys.refuse(upstream, now)
    }
    const { firstOutputMs, durationMs } = record
    const outcome = { failure, firstOutputMs, durationMs, outputTokens: result.facts.usage.outputTokens }
    target.health.end(now, outcome, target.keys.size > 1)
  }

  #goOn(lane: Lane, failure: Failure, facts: AnswerFacts): void {
    const { target } = lane
    const step = nextStep({
      failure,
      billedBefore: this.#billed,
      anotherKey: target.keys.size > 1 && target.keys.hasBeside(this.#spentKeys),
      anotherTarget: this.#rest.length > 0,
      attemptsLeft: this.#world.maxAttempts - this.#tries,
      routesItself: target.adapter.routesItself === true,
    })
    if (failure.mayBeBilled) this.#billed = true
    if (this.#call.form?.isThere === false) return this.#giveUp(lane, failure, facts)
    switch (step) {
      case 'stop':
        return this.#giveUp(lane, failure, facts)
      case 'next_key':
        return this.#turnTo([target, ...this.#rest], lane, failure, facts)
      case 'next_target':
        return this.#turnTo(this.#rest, lane, failure, facts)
      case 'next_model':
        return this.#turnTo(
          otherModels(failure, this.#plan, [target, ...this.#rest], this.#records),
          lane,
          failure,
          facts,
        )
      case 'retry_here': {
        const delay = retryDelay(this.#retries, failure.retryAfterMs, this.#world.random)
        if (delay === undefined || this.#elapsed() + delay >= this.#deadlineMs)
          return this.#giveUp(lane, failure, facts)
        if (this.#isDown(target, failure) || !this.#mayAsk(target)) return this.#giveUp(lane, failure, facts)
        this.#retries += 1
        this.#cancelWait = this.#world.clock.after(delay, () => {
          this.#cancelWait = undefined
          this.#try(target)
        })
      }
    }
  }

  #turnTo(targets: readonly Target[], lane: Lane, failure: Failure, facts: AnswerFacts): void {
    const [next, ...rest] = targets
    if (next === undefined || !this.#mayAsk(next)) return this.#giveUp(lane, failure, facts)
    this.#rest = rest
    this.#try(next)
  }

  /** A target that fails whoever asks is not waited for: those who ask after its rest find out. A limit of rate has its own end. */
  #isDown({ health, adapter }: Target, failure: Failure): boolean {
    if (failure.class === 'rate_limit' || adapter.type === 'sandbox') return false
    return health.state(this.#world.clock.monotonic()) === 'open'
  }

  /** Whether one more call may go to a target: one that fails is asked again only as far as the budget for that allows. */
  #mayAsk({ health, adapter }: Target): boolean {
    return !health.isSuspect || adapter.type === 'sandbox' || this.#world.retryBudget.withdraw()
  }

  /** After its first output an answer is final, unless the caller wants it taken up and somebody can. */
  #brokeOff(lane: Lane, failure: Failure, facts: AnswerFacts): void {
    const { target } = lane
    const mayGoOn = !this.#over && this.#tries < this.#world.maxAttempts
    const delivered = lane === this.#winner ? facts.usage : undefined
    const resumption = mayGoOn ? this.#continuation?.after(failure, [...this.#rest, target]) : undefined
    if (resumption === undefined || !this.#mayAsk(resumption.target)) return this.#giveUp(lane, failure, facts)
    if (delivered !== undefined) this.#continuation?.add(target, delivered)
    this.#rest = this.#rest.filter((next) => next !== resumption.target)
    this.#winner = undefined
    this.#try(resumption.target, resumption.call)
  }

  #deadlinePassed(): void {
    const failure = timeoutFailure(`did not finish its answer within ${this.#deadlineMs} ms`)
    this.#stopTimers()
    this.#endAll({ ...failure, byCaller: this.#deadlineMs === this.#call.timeoutMs })
  }

  /** Nothing may follow, whatever the class of the failure would allow. */
  #endAll(failure: Failure): void {
    this.#over = true
    if (this.#lanes.length === 0) this.#giveUp(this.#latest, failure, nothingKnown)
    else for (const lane of this.#lanes) lane.attempt?.abort(failure)
  }

  #stopTimers(): void {
    this.#cancelWait?.()
    this.#cancelHedge?.()
  }

  #answered(lane: Lane, facts: AnswerFacts, tail: AnswerTail): void {
    this.#over = true
    if (this.#winner === undefined) this.committed(lane, facts)
    this.#world.answered?.(this.#call, lane.target)
    const together = this.#continuation?.together(lane.target, facts.usage)
    const told = together === undefined ? facts : { ...facts, ...together }
    const isAtBound = hasEndedAtBound(lane.call, facts)
    if (isAtBound && (tail.kind === 'stream' || tail.kind === 'native')) return this.#ranOut(lane, told, tail)
    const known = isAtBound ? { ...told, finishReason: BUDGET_EXHAUSTED } : told
    const record = this.#recordOf(lane, 'complete', known, {})
    const whole = isAtBound && tail.kind === 'json' ? toldAsExhausted(tail) : tail
    const counted = together === undefined ? whole : { ...whole, usageJson: usageJsonOf(together.usage, this.#call) }
    const end = record.usage.capped === true ? withCappedUsage(counted) : counted
    const untold = (cause: unknown): void => this.#sink.fail(unsettledError(cause), record)
    const rest = (): readonly Bytes[] => pricedTail(end, record, this.#call)
    const tell = (): void => this.#sink.finish(rest(), record)
    this.#cancelDeadline()
    settle(this.#sink, record, tell, untold, rest)
  }

  /** A stream came to the bound that a limit on money had set: it is charged, and its caller is told that there is more. */
  #ranOut(lane: Lane, facts: AnswerFacts, tail: StreamTail): void {
    const told = budgetExhausted()
    const words = tail.kind === 'stream' ? wordsOf(tail.frames) : undefined
    if (words !== undefined) this.#sink.write(words)
    const known = { ...facts, finishReason: BUDGET_EXHAUSTED }
    const record = this.#recordOf(lane, 'interrupted', known, { errorCode: told.code, byCaller: true })
    const tell = (): void => this.#sink.fail(told, record, lane.native?.broken?.(told, this.#call.id))
    this.#cancelDeadline()
    settle(this.#sink, record, tell, tell)
  }

  #giveUp(lane: Lane, failure: Failure, facts: AnswerFacts): void {
    this.#over = true
    this.#stopTimers()
    const cancelled = failure.class === 'cancelled' && failure.code !== BUDGET_EXHAUSTED
    const outcome = cancelled ? 'cancelled' : this.#committed ? 'interrupted' : 'failed'
    const { relaysErrors = false } = this.#world
    const request = { requestId: this.#call.id, attempts: this.#records.length, relaysErrors }
    const told = cancelled
      ? this.#told
      : failure.code === BUDGET_EXHAUSTED
        ? (this.#told ?? budgetExhausted())
        : callerError(failure, lane.target, request)
    // Of an answer that was taken up, the attempts before have been delivered too.
    const delivered = lane === this.#winner ? facts.usage : undefined
    const known = { ...facts, ...this.#continuation?.together(lane.target, delivered) }
    const record = this.#recordOf(lane, outcome, known, {
      errorCode: told?.code ?? callerSees.cancelled,
      byCaller: failure.byCaller,
    })
    const tell = (): void => {
      if (told !== undefined) this.#sink.fail(told, record, this.#winner?.native?.broken?.(told, this.#call.id))
    }
    // Whether it was recorded or not, it failed for this reason.
    this.#cancelDeadline()
    settle(this.#sink, record, tell, tell)
  }

  #recordOf(
    lane: Lane,
    outcome: Outcome,
    facts: AnswerFacts,
    { errorCode, byCaller = false }: { errorCode?: RequestCourse['errorCode']; byCaller?: boolean | undefined },
  ): UsageRecord {
    const own = this.#records.at(-1)
    const headers = this.#world.relaysErrors === true ? lane.replyHeaders : undefined
    const farSide = headers === undefined || own === undefined ? undefined : farSideOf(headers, own)
    return usageRecord(this.#call, lane.target, facts, {
      farSide,
      outcome,
      errorCode,
      byCaller,
      delivered: this.#committed,
      attempts: this.#records,
      durationMs: this.#elapsed(),
      firstOutputMs: this.#firstOutputMs,
    })
  }
}

type StreamTail = Extract<AnswerTail, { kind: 'stream' | 'native' }>

const NO_LANES: readonly Lane[] = []
const NO_TARGETS: readonly Target[] = []
const NO_KEYS: ReadonlySet<Upstream> = new Set()

/** Failures that are about a key: another of the same provider may do better. */
const KEY_FAILURES: ReadonlySet<Failure['class']> = new Set(['credential', 'quota', 'rate_limit'])
