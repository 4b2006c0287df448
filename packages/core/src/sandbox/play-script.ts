import type { Clock } from '../clock.ts'
import type { Bytes, Exchange, Headers, ReplySink, TransportFailureKind } from '../transport.ts'

/** Chunks of a body, made when their turn comes: a paused stream holds none. */
export interface Chunks {
  readonly count: number
  at(index: number): Bytes
}

/** One reply as a play: what is sent, when, and how it ends. */
export interface Script {
  /** How long nothing happens at first, in ms. */
  readonly waitMs?: number
  /** Without one there is no reply at all, only the ending. */
  readonly head?: { readonly status: number; readonly headers: Headers }
  readonly body: readonly Chunks[]
  /** The time before each chunk, in ms. Without it, they come as fast as they are taken. */
  readonly paceMs?: number
  /** `silence` lasts until the exchange is aborted. */
  readonly ending: 'end' | 'reset' | 'refused' | 'silence'
}

/** After so many chunks in one go, timers and sockets get their turn. */
const CHUNKS_AT_ONCE = 1024

/** Plays what `write` comes up with. Nothing, not even `write`, runs before this function has returned. */
export function playScript(clock: Clock, write: () => Script, sink: ReplySink): Exchange {
  const play = new Play(clock, sink)
  soon(() => play.begin(write))
  return play
}

/** A body, or a part of one, that comes in one piece. */
export const single = (chunk: Bytes): Chunks => ({ count: 1, at: () => chunk })

/** A promise rather than `queueMicrotask`, which core does without. */
const soon = (run: () => void): void => {
  void Promise.resolve().then(run)
}

class Play implements Exchange {
  readonly #clock: Clock
  readonly #sink: ReplySink
  #script: Script | undefined
  #part = 0
  #next = 0
  #paused = false
  #over = false
  /** Whether the next chunk has served its waiting time. */
  #due = false
  /** Whether {@link #run} is on the stack or about to be: it must not be entered twice. */
  #running = false
  #cancelTimer: (() => void) | undefined

  constructor(clock: Clock, sink: ReplySink) {
    this.#clock = clock
    this.#sink = sink
  }

  begin(write: () => Script): void {
    if (this.#over) return
    let script: Script
    try {
      script = write()
    } catch (cause) {
      this.#fail('other', cause)
      return
    }
    this.#script = script
    if (script.waitMs === undefined) this.#open(script)
    else this.#later(script.waitMs, () => this.#open(script))
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#runSoon()
  }

  abort(): void {
    if (this.#over) return
    this.#close()
    const sent = this.#script !== undefined
    soon(() => this.#sink.fail({ kind: 'aborted', sent, cause: new Error('The request was aborted') }))
  }

  #open(script: Script): void {
    this.#running = true
    if (script.head !== undefined) this.#sink.head(script.head.status, script.head.headers)
    this.#run(script)
  }

  #runSoon(): void {
    // A timer that is still to fire goes on from where it is.
    const script = this.#script
    if (this.#running || script === undefined || this.#cancelTimer !== undefined) return
    this.#running = true
    soon(() => this.#run(script))
  }

  #run(script: Script): void {
    for (let sent = 0; !this.#paused && !this.#over; sent += 1) {
      const part = script.body[this.#part]
      if (part === undefined) {
        this.#finish(script)
        break
      }
      if (this.#next >= part.count) {
        this.#part += 1
        this.#next = 0
        continue
      }
      const wait = this.#due ? undefined : (script.paceMs ?? (sent >= CHUNKS_AT_ONCE ? 0 : undefined))
      if (wait !== undefined) {
        this.#later(wait, () => {
          this.#due = true
          this.#running = true
          this.#run(script)
        })
        break
      }
      this.#due = false
      this.#next += 1
      this.#sink.data(part.at(this.#next - 1))
    }
    this.#running = false
  }

  #finish({ ending }: Script): void {
    if (ending === 'silence') return
    if (ending === 'end') {
      this.#close()
      this.#sink.end()
    } else {
      this.#fail(
        ending,
        new Error(ending === 'reset' ? 'The sandbox cut the connection' : 'The sandbox refused the connection'),
      )
    }
  }

  #fail(kind: TransportFailureKind, cause: unknown): void {
    this.#close()
    this.#sink.fail({ kind, sent: kind !== 'refused', cause })
  }

  #close(): void {
    this.#over = true
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #later(ms: number, run: () => void): void {
    this.#cancelTimer = this.#clock.after(ms, () => {
      this.#cancelTimer = undefined
      run()
    })
  }
}
