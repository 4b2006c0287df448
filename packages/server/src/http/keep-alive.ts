import { Bag, type Bagged } from './bag.ts'

/** Something that should not stay silent for long. */
export interface Quiet extends Bagged {
  /** Ticks since it last said something; the ticker counts up, the speaker sets it to zero. */
  silentTicks: number
  /** Say something now. */
  breakSilence(): void
}

/** The limit is kept to a fifteenth: one tick a second for a limit of 15 seconds. */
const TICKS = 15

/** Breaks the silence of every stream in it, with one timer for all. */
export class KeepAlive {
  readonly #quiet = new Bag<Quiet>()
  readonly #tickMs: number
  #timer: NodeJS.Timeout | undefined

  /** @param silenceMs how long a stream may say nothing. */
  constructor(silenceMs: number) {
    this.#tickMs = silenceMs / TICKS
  }

  add(quiet: Quiet): void {
    this.#quiet.add(quiet)
    this.#timer ??= setInterval(() => this.#tick(), this.#tickMs).unref()
  }

  delete(quiet: Quiet): void {
    this.#quiet.delete(quiet)
    if (this.#quiet.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    for (const quiet of this.#quiet.list()) {
      quiet.silentTicks += 1
      if (quiet.silentTicks < TICKS) continue
      quiet.silentTicks = 0
      quiet.breakSilence()
    }
  }
}
