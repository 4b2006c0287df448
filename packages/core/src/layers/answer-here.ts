import type { Clock } from '../clock.ts'
import type { AnswerSink, Commitment, Run } from '../engine.ts'
import type { SpekaError } from '../errors.ts'
import { settle } from '../attempt/settle.ts'
import { callerSees } from '../failure.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { usageRecord } from '../meter/write-record.ts'
import { zeroUsd, type PicoUsd } from '../money.ts'
import type { Call } from '../operations/call.ts'
import type { Bytes } from '../transport.ts'
import { unknownUsage, type Usage } from '../usage.ts'
import { unsettledError } from '../attempt/caller-error.ts'

/** An answer that a layer has by itself, in the shape that the engine speaks. */
export interface LayerAnswer {
  /** Who answers: kept in the record, and seen by the caller. */
  readonly by: string
  /** The caller's dialect, when the bytes below are in that one. Default: they are in the one of the call's endpoint. */
  readonly dialect?: Commitment['dialect']
  /** The catalog id of the model whose answer it is. Default: the one asked for. */
  readonly model?: string | undefined
  /** Of a stream, whole frames before its finish. Default: none. */
  readonly frames?: readonly Bytes[] | undefined
  /** The finish frame of a stream and all behind it, end mark included, or the JSON body. */
  readonly rest: readonly Bytes[]
  /** What it would have used. Default: not known. */
  readonly usage?: Usage | undefined
  readonly upstreamId?: string | undefined
  readonly finishReason?: string | undefined
  /** What the caller pays. Default: nothing. */
  readonly charge?: PicoUsd | undefined
}

/**
 * Answers a call in place of a provider. It is recorded as any other, and a slow caller is waited for.
 *
 * @param clock measures how long the request took; `realClock` of `@speka/core/node`.
 */
export function answerHere(clock: Clock, call: Call, sink: AnswerSink, answer: LayerAnswer): Run {
  return new LayerRun(clock, call, sink, answer)
}

class LayerRun implements Run {
  readonly #clock: Clock
  readonly #call: Call
  readonly #sink: AnswerSink
  readonly #answer: LayerAnswer
  /** Frames written so far. */
  #written = 0
  #paused = false
  #over = false

  constructor(clock: Clock, call: Call, sink: AnswerSink, answer: LayerAnswer) {
    this.#clock = clock
    this.#call = call
    this.#sink = sink
    this.#answer = answer
    // The front may not have its run yet.
    void Promise.resolve().then(() => this.#begin())
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#write()
  }

  abort(told?: SpekaError): void {
    if (this.#over) return
    this.#over = true
    const record = this.#record(told?.code ?? callerSees.cancelled)
    const tell = (): void => {
      if (told !== undefined) this.#sink.fail(told, record)
    }
    settle(this.#sink, record, tell, tell)
  }

  #begin(): void {
    if (this.#over) return
    const { model = this.#call.outline.model, dialect } = this.#answer
    this.#sink.commit({ target: undefined, model, attempts: 0, droppedParams: [], dialect })
    this.#write()
  }

  #write(): void {
    const { frames = [] } = this.#answer
    while (!this.#over && !this.#paused) {
      const next = frames[this.#written]
      if (next === undefined) {
        this.#finish()
        return
      }
      this.#written += 1
      this.#paused = !this.#sink.write(next)
    }
  }

  #finish(): void {
    this.#over = true
    const { rest } = this.#answer
    const record = this.#record(undefined)
    settle(
      this.#sink,
      record,
      () => this.#sink.finish(rest, record),
      (cause) => this.#sink.fail(unsettledError(cause), record),
      () => rest,
    )
  }

  /** @param errorCode why it was ended; `undefined` when it is whole. */
  #record(errorCode: UsageRecord['errorCode']): UsageRecord {
    const { by, model = this.#call.outline.model, usage = unknownUsage, charge = zeroUsd, ...known } = this.#answer
    const isWhole = errorCode === undefined
    return usageRecord(
      this.#call,
      undefined,
      { usage, model, charge, upstreamId: known.upstreamId, finishReason: known.finishReason, answeredBy: by },
      {
        outcome: isWhole ? 'complete' : 'cancelled',
        errorCode,
        delivered: isWhole || this.#written > 0,
        byCaller: !isWhole,
        attempts: [],
        durationMs: this.#clock.now() - this.#call.receivedAt,
        firstOutputMs: undefined,
      },
    )
  }
}
