import type { SpekaError } from './errors.ts'
import type { AttemptRecord, UsageRecord } from './meter/usage-record.ts'
import type { Target } from './route/target.ts'
import type { RatesTold } from './rates-told.ts'
import type { Bytes } from './transport.ts'
import type { Call } from './operations/call.ts'
import type { NativeDialect } from './wire/dialect-name.ts'

/** Who answers, told as soon as it is certain. */
export interface Commitment {
  /** `undefined` when a layer answers, and nobody is asked. */
  readonly target: Target | undefined
  /** The catalog id of the model that answers. */
  readonly model: string
  /** How many tries it took, this one included. */
  readonly attempts: number
  /** The call's parameters that the target cannot take, and did not get. */
  readonly droppedParams: readonly string[]
  /** The dialect of what follows, when it is the caller's own already. Default: chat, whatever the caller speaks. */
  readonly dialect?: NativeDialect | undefined
  /** Set when the answer is bytes and not JSON: what they are. They come by `write`, and `finish` brings the last. */
  readonly contentType?: string | undefined
  /** What failed before, for a caller that is a gateway too; `undefined` for all others. */
  readonly failed?: readonly AttemptRecord[] | undefined
}

/**
 * Receives one answer. A front implements it: the server over `node:http`, {@link iterate} and {@link collect} for code.
 * Calls come in the order below. Either `settle` comes, exactly once, and then exactly one of `finish` and `fail`, or `refuse`
 * comes alone.
 */
export interface AnswerSink {
  /** The answer now belongs to this target: headers may go. Skipped when nothing ever answered. */
  commit(by: Commitment): void
  /** Whole frames of a stream, or bytes of an answer that is no JSON. Returns false to pause the upstream until {@link Run.resume}. */
  write(frames: Bytes): boolean
  /**
   * The record to keep, durable when the promise resolves. A rejection turns a finished answer into a failed one: what
   * is not in the ledger is not passed off as finished.
   *
   * @param rest what `finish` will bring, for whom looks at an answer before it counts. Not given when it failed.
   */
  settle(record: UsageRecord, rest?: () => readonly Bytes[]): void | Promise<void>
  /** The rest: the finish frame and all behind it, or the JSON body. */
  finish(tail: readonly Bytes[], record: UsageRecord): void
  /**
   * It failed, or was ended with something to tell: an error status when nothing was committed, an error event otherwise.
   * Not called when the caller left.
   *
   * @param events what ends a stream. Default: the error event of chat, or of the caller's dialect.
   */
  fail(error: SpekaError, record: UsageRecord, events?: Bytes): void
  /**
   * Nothing ran, so nothing is recorded: a layer has refused the call after it waited, or the call was ended before it had
   * begun. What is refused at once is thrown by {@link Engine.start} instead.
   *
   * @param error `client_closed_request` when the caller has left.
   * @param events as for `fail`.
   */
  refuse(error: SpekaError, events?: Bytes): void
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
  /** Where the rates of the caller stand at this moment, for the headers of the answer. Default: nothing limits him. */
  readonly rates?: RatesTold | undefined
}

/** The one path that every request takes, whatever front it came through. */
export interface Engine {
  /**
   * Starts a call. Never calls the sink before it has returned.
   *
   * @throws SpekaError when the call is refused at once: nothing ran, and the sink hears nothing.
   */
  start(call: Call, sink: AnswerSink): Run
}

/**
 * Stands around the engine, and is an engine itself: it may refuse a call, wait, change it, answer by itself, look at
 * what is answered, and add to the record. Called once for each engine that is made, so again with every reload: what is
 * to outlive one is kept outside.
 */
export type Layer = (next: Engine) => Engine
