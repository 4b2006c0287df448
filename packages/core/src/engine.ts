import type { SpekaError } from './errors.ts'
import type { AttemptRecord, UsageRecord } from './meter/usage-record.ts'
import type { Target } from './route/target.ts'
import type { Bytes } from './transport.ts'
import type { Call } from './operations/call.ts'
import type { NativeDialect } from './wire/dialect-name.ts'

/** Who answers, told as soon as it is certain. */
export interface Commitment {
  readonly target: Target
  /** The catalog id of the model that answers. */
  readonly model: string
  /** How many tries it took, this one included. */
  readonly attempts: number
  /** The call's parameters that the target cannot take, and did not get. */
  readonly droppedParams: readonly string[]
  /** The dialect of what follows, when it is the caller's own already. Default: chat, whatever the caller speaks. */
  readonly dialect?: NativeDialect | undefined
  /** What failed before, for a caller that is a gateway too; `undefined` for all others. */
  readonly failed?: readonly AttemptRecord[] | undefined
}

/**
 * Receives one answer. A front implements it: the server over `node:http`, {@link iterate} and {@link collect} for code.
 * Calls come in the order below; `settle` comes exactly once, then exactly one of `finish` and `fail`.
 */
export interface AnswerSink {
  /** The answer now belongs to this target: headers may go. Skipped when nothing ever answered. */
  commit(by: Commitment): void
  /** Whole frames of a stream. Returns false to pause the upstream until {@link Run.resume}. */
  write(frames: Bytes): boolean
  /**
   * The record to keep, durable when the promise resolves. A rejection turns a finished answer into a failed one: what
   * is not in the ledger is not passed off as finished.
   */
  settle(record: UsageRecord): void | Promise<void>
  /** The rest: the finish frame and all behind it, or the JSON body. */
  finish(tail: readonly Bytes[], record: UsageRecord): void
  /**
   * It failed, or was ended with something to tell: an error status when nothing was committed, an error event otherwise.
   * Not called when the caller left.
   *
   * @param events what ends a stream. Default: the error event of chat, or of the caller's dialect.
   */
  fail(error: SpekaError, record: UsageRecord, events?: Bytes): void
}

/** A call under way. */
export interface Run {
  /** The caller can take more. */
  resume(): void
  /**
   * The caller left: the upstream is closed, and what was delivered is recorded.
   *
   * @param told what the caller is told when it was not its own wish, and somebody is there to hear it.
   */
  abort(told?: SpekaError): void
}

/** The one path that every request takes, whatever front it came through. */
export interface Engine {
  /** Starts a call. Never calls the sink before it has returned. */
  start(call: Call, sink: AnswerSink): Run
}
