import type { AnswerSink, Run } from '../engine.ts'
import { SpekaError, toSpekaError } from '../errors.ts'

/** Starts what a layer has decided on: the rest of the engine, or an answer of its own. */
export type Begin = () => Run

/**
 * A run whose layer has to wait before it knows how to go on: for a turn, a verdict, a look into a cache. It can be ended
 * before it has begun; then nothing runs and nothing is recorded. An error of `decide` is what the caller is told.
 *
 * @param decide resolves with what to start. The signal says that nobody waits any more: a place that was taken for the
 *   call is to be given back then, also when it was granted a moment before.
 * @example
 * const layer: Layer = (next) => ({
 *   start: (call, sink) =>
 *     startLater(sink, async (signal) => {
 *       await turnOf(call.keyId, signal)
 *       return () => next.start(call, sink)
 *     }),
 * })
 */
export function startLater(sink: AnswerSink, decide: (signal: AbortSignal) => Promise<Begin>): Run {
  return new LaterRun(sink, decide)
}

class LaterRun implements Run {
  readonly #sink: AnswerSink
  readonly #waiting = new AbortController()
  #run: Run | undefined
  #ended = false

  constructor(sink: AnswerSink, decide: (signal: AbortSignal) => Promise<Begin>) {
    this.#sink = sink
    // In a turn of its own: what it throws at once is told as what it throws later.
    void settled
      .then(() => decide(this.#waiting.signal))
      .then(
        (begin) => this.#begin(begin),
        (error: unknown) => this.#refuse(error),
      )
  }

  resume(): void {
    // Before there is a run, nothing has been written that could have paused it.
    this.#run?.resume()
  }

  abort(told?: SpekaError): void {
    if (this.#run !== undefined) {
      this.#run.abort(told)
      return
    }
    if (this.#ended) return
    const error = told ?? new SpekaError('client_closed_request', 'The caller left before the call had begun.')
    // Later, as every other end: whoever aborts is not told within the same breath.
    void settled.then(() => this.#sink.refuse(error))
    this.#ended = true
    this.#waiting.abort(error)
  }

  #begin(begin: Begin): void {
    if (this.#ended) return
    try {
      this.#run = begin()
    } catch (error) {
      this.#refuse(error)
    }
  }

  #refuse(error: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#sink.refuse(toSpekaError(error))
  }
}

const settled = Promise.resolve()
