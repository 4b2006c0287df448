import type { AttemptRecord } from '../meter/usage-record.ts'
import { attemptRecord } from '../meter/write-record.ts'
import type { Target } from '../route/target.ts'
import type { Bytes, Headers, Upstream } from '../transport.ts'
import type { Call } from '../operations/call.ts'
import type { NativeOperation, OwnEnd } from '../providers/provider.ts'
import type { NativeDialect } from '../wire/dialect-name.ts'
import type { Resumption } from './continuation.ts'
import type { AnswerFacts, Attempt, AttemptListener, AttemptOrder, AttemptResult } from './attempt.ts'
import { withoutSecrets } from './without-secrets.ts'

/** What a lane tells its run. */
export interface LaneListener {
  committed(lane: Lane, facts: AnswerFacts): void
  write(frames: Bytes): boolean
  ended(lane: Lane, result: AttemptResult): void
}

/** How an attempt goes whose target speaks the caller's own dialect. */
export interface NativeLane {
  readonly dialect: NativeDialect
  readonly operation: NativeOperation
  /** What ends its stream should it break off; `undefined`: it has none. */
  readonly broken: OwnEnd['broken'] | undefined
}

/** One attempt of a run, and where and when it was made. Usually there is one at a time; a hedge makes it two. */
export class Lane implements AttemptListener, AttemptOrder {
  readonly target: Target
  /** What it is asked: the caller's call, or the rest of an answer that broke off. */
  call: Call
  readonly upstream: Upstream
  readonly headers: Headers
  /** From the start of the request, in ms. */
  readonly startedMs: number
  /** `undefined` while it is being begun. */
  attempt: Attempt | undefined
  droppedParams: readonly string[] = []
  native: NativeLane | undefined
  firstOutputMs: number | undefined
  /** Of the reply, once it has begun. */
  replyHeaders: Headers | undefined
  readonly #listener: LaneListener

  constructor(
    listener: LaneListener,
    { target, call }: Resumption,
    { upstream, headers }: Pick<AttemptOrder, 'upstream' | 'headers'>,
    startedMs: number,
  ) {
    this.#listener = listener
    this.target = target
    this.call = call
    this.upstream = upstream
    this.headers = headers
    this.startedMs = startedMs
  }

  head(headers: Headers): void {
    this.replyHeaders = headers
  }

  commit(facts: AnswerFacts): void {
    this.#listener.committed(this, facts)
  }

  write(frames: Bytes): boolean {
    return this.#listener.write(frames)
  }

  end(result: AttemptResult): void {
    this.#listener.ended(this, result.ok ? result : withoutSecrets(result, this.target.keys))
  }

  /** What is written down of it. */
  record(result: AttemptResult, endedMs: number): AttemptRecord {
    const failure = result.ok ? undefined : result.failure
    return attemptRecord(this.target, {
      receivedAt: this.call.receivedAt,
      startedMs: this.startedMs,
      endedMs,
      firstOutputMs: this.firstOutputMs,
      failure,
      status: result.ok ? result.status : failure?.status,
      usage: result.facts.usage,
    })
  }
}
