import type { AnswerSink, Commitment, Engine, Run } from '../engine.ts'
import { toSpekaError, type SpekaError } from '../errors.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { zeroUsd } from '../money.ts'
import type { Call } from '../operations/call.ts'
import type { Bytes } from '../transport.ts'

/**
 * What a layer wants to see of an answer. Whatever one of these throws ends the call: the caller is told that error, and
 * what was delivered until then is recorded. For each call, exactly one of `record` and `refused` is called in the end.
 */
export interface Watcher {
  /** Who answers. */
  commit?(by: Commitment): void
  /** Whole frames of a stream, in the shape that the engine speaks, before they go to the caller. */
  frames?(frames: Bytes): void
  /**
   * The rest of a whole answer, before it is recorded and delivered: the last frames of a stream, or a whole JSON body. May
   * take its time.
   */
  rest?(rest: readonly Bytes[]): void | Promise<void>
  /** The record before it is kept; what is returned is kept in its place. */
  record?(record: UsageRecord): UsageRecord | void
  /** Nothing ran, and nothing is recorded. */
  refused?(error: SpekaError): void
}

/**
 * Starts a call and looks on.
 *
 * @example
 * const countTokens: Layer = (next) => ({
 *   start: (call, sink) =>
 *     startWatched(next, call, sink, {
 *       record: ({ usage }) => void (tokens += usage.outputTokens ?? 0),
 *     }),
 * })
 */
export function startWatched(next: Engine, call: Call, sink: AnswerSink, watcher: Watcher): Run {
  const watched = new WatchedAnswer(sink, watcher)
  try {
    return watched.attach(next.start(call, watched))
  } catch (error) {
    watcher.refused?.(toSpekaError(error))
    throw error
  }
}

class WatchedAnswer implements AnswerSink {
  readonly #sink: AnswerSink
  readonly #watcher: Watcher
  #run: Run | undefined
  /** Why the watcher has ended the call. */
  #stopped: SpekaError | undefined
  #delivered = false
  /** The record as it is kept. */
  #kept: UsageRecord | undefined

  constructor(sink: AnswerSink, watcher: Watcher) {
    this.#sink = sink
    this.#watcher = watcher
  }

  attach(run: Run): Run {
    this.#run = run
    return run
  }

  commit(by: Commitment): void {
    try {
      this.#watcher.commit?.(by)
    } catch (error) {
      this.#stop(error)
      return
    }
    this.#sink.commit(by)
  }

  write(frames: Bytes): boolean {
    // More would be a pause of a run that has ended.
    if (this.#stopped !== undefined) return true
    try {
      this.#watcher.frames?.(frames)
    } catch (error) {
      this.#stop(error)
      return true
    }
    this.#delivered = true
    return this.#sink.write(frames)
  }

  settle(record: UsageRecord, rest?: () => readonly Bytes[]): void | Promise<void> {
    const looked = rest === undefined || this.#stopped !== undefined ? undefined : this.#look(rest)
    return looked === undefined ? this.#keep(record, rest) : looked.then(() => this.#keep(record, rest))
  }

  finish(tail: readonly Bytes[], record: UsageRecord): void {
    const kept = this.#kept ?? record
    if (this.#stopped === undefined) this.#sink.finish(tail, kept)
    else this.#sink.fail(this.#stopped, kept)
  }

  fail(error: SpekaError, record: UsageRecord, events?: Bytes): void {
    const kept = this.#kept ?? record
    if (this.#stopped === undefined) this.#sink.fail(error, kept, events)
    else this.#sink.fail(this.#stopped, kept)
  }

  refuse(error: SpekaError, events?: Bytes): void {
    try {
      this.#watcher.refused?.(error)
    } finally {
      this.#sink.refuse(error, events)
    }
  }

  /** What the watcher makes of the rest; `undefined` when it needed no time for that. */
  #look(rest: () => readonly Bytes[]): Promise<void> | undefined {
    try {
      return this.#watcher.rest?.(rest())?.catch((error: unknown) => this.#stop(error))
    } catch (error) {
      this.#stop(error)
      return undefined
    }
  }

  #keep(record: UsageRecord, rest: (() => readonly Bytes[]) | undefined): void | Promise<void> {
    const before = this.#judged(record)
    let kept = before
    try {
      kept = this.#watcher.record?.(before) ?? before
    } catch (error) {
      this.#stop(error)
      kept = this.#judged(record)
    }
    this.#kept = kept
    return this.#sink.settle(kept, this.#stopped === undefined ? rest : undefined)
  }

  /** A call that the watcher has ended failed, whatever came of it; what nobody got costs nothing. */
  #judged(record: UsageRecord): UsageRecord {
    if (this.#stopped === undefined) return record
    return {
      ...record,
      outcome: this.#delivered ? 'interrupted' : 'failed',
      errorCode: this.#stopped.code,
      charge: this.#delivered ? record.charge : zeroUsd,
    }
  }

  #stop(error: unknown): void {
    if (this.#stopped !== undefined) return
    this.#stopped = toSpekaError(error)
    this.#run?.abort(this.#stopped)
  }
}
