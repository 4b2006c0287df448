/** Something that should not stay silent for long. */
export interface Quiet {
  /** Seconds since it last said something; the ticker counts up, the speaker sets it to zero. */
  silentSeconds: number
  /** Say something now. */
  breakSilence(): void
}

/** Proxies and clients give up on a silent stream, the strictest after about a minute. */
const LONGEST_SILENCE_S = 15

/** Breaks the silence of every stream in it, with one timer for all. */
export class KeepAlive {
  readonly #quiet = new Set<Quiet>()
  #timer: NodeJS.Timeout | undefined

  add(quiet: Quiet): void {
    this.#quiet.add(quiet)
    this.#timer ??= setInterval(() => this.#tick(), 1000).unref()
  }

  delete(quiet: Quiet): void {
    this.#quiet.delete(quiet)
    if (this.#quiet.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    for (const quiet of this.#quiet) {
      quiet.silentSeconds += 1
      if (quiet.silentSeconds < LONGEST_SILENCE_S) continue
      quiet.silentSeconds = 0
      quiet.breakSilence()
    }
  }
}
