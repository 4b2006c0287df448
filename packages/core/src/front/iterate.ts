import type { AnswerSink, Engine, Run } from '../engine.ts'
import { SpekaError } from '../errors.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { Bytes } from '../transport.ts'
import type { Call } from '../operations/call.ts'

/** Receives each request's usage record, and may take its time: the answer's end waits for it. */
export type Settle = (record: UsageRecord) => void | Promise<void>

/** Bytes a slow reader may leave waiting before the upstream is paused. */
const MOST_WAITING_BYTES = 64 * 1024

/**
 * A stream as something to loop over: whole frames, as bytes. Leaving the loop early aborts the call; not asking for the
 * next pauses the upstream.
 *
 * @throws SpekaError on the loop, when the stream fails; what came before it has been yielded.
 */
export async function* iterateFrames(
  engine: Engine,
  call: Call,
  settle: Settle,
  signal?: AbortSignal,
): AsyncGenerator<Bytes, void> {
  const queue = new FrameQueue(settle)
  const run = engine.start(call, queue)
  const abort = (): void => {
    run.abort()
    queue.close(aborted(signal))
  }
  signal?.addEventListener('abort', abort)
  if (signal?.aborted === true) abort()
  try {
    for (;;) {
      const frames = await queue.next(run)
      if (frames === undefined) return
      yield frames
    }
  } finally {
    signal?.removeEventListener('abort', abort)
    run.abort()
  }
}

/** What a caller's own abort looks like: the signal's reason, as `fetch` does it. */
export const aborted = (signal: AbortSignal | undefined): unknown =>
  signal?.reason ?? new SpekaError('client_closed_request', 'The call was aborted.')

class FrameQueue implements AnswerSink {
  readonly #settle: Settle
  #waiting: Bytes[] = []
  #bytes = 0
  #end: { error?: unknown } | undefined
  #wake: (() => void) | undefined

  constructor(settle: Settle) {
    this.#settle = settle
  }

  commit(): void {
    // Nothing to announce: the first frames follow at once.
  }

  write(frames: Bytes): boolean {
    this.#waiting.push(frames)
    this.#bytes += frames.length
    this.#notify()
    return this.#bytes < MOST_WAITING_BYTES
  }

  settle(record: UsageRecord): void | Promise<void> {
    return this.#settle(record)
  }

  finish(tail: readonly Bytes[]): void {
    this.#waiting.push(...tail)
    this.#end ??= {}
    this.#notify()
  }

  fail(error: SpekaError): void {
    this.close(error)
  }

  refuse(error: SpekaError): void {
    this.close(error)
  }

  close(error: unknown): void {
    this.#end ??= { error }
    this.#notify()
  }

  /** The next frames; `undefined` at the end. */
  async next(run: Run): Promise<Bytes | undefined> {
    for (;;) {
      const frames = this.#waiting.shift()
      if (frames !== undefined) {
        this.#bytes -= frames.length
        return frames
      }
      if (this.#end !== undefined) {
        if ('error' in this.#end) throw this.#end.error
        return undefined
      }
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      // After there is something to wake: what the upstream holds may come before this returns.
      run.resume()
      await woken
    }
  }

  #notify(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}
