import type { Clock, SpekaError } from '@speka/core'

/** How often to look whether all is well, and in trouble whether it is over; in ms. */
const LOOK_MS = 500

export interface AvailabilityOptions {
  /** Rejects when the files are no longer where they were. Cheap. */
  readonly check: () => Promise<void>
  /** Writes something, and rejects when it could not. */
  readonly tryWriting: () => Promise<void>
  /** Told why nothing can be recorded from now on; with `undefined`, that it is over. */
  readonly onChange: (trouble: SpekaError | undefined) => void
  /** Default: the machine's time, with timers that do not keep the process alive. */
  readonly clock?: Pick<Clock, 'after'> | undefined
}

/**
 * Whether records can be kept. One that could not be is enough to say no; from then on a write is tried twice a second,
 * and the first that succeeds says yes again.
 */
export class Availability {
  readonly #options: AvailabilityOptions
  readonly #clock: Pick<Clock, 'after'>
  /** Why nothing can be recorded now. */
  trouble: SpekaError | undefined
  #cancel: (() => void) | undefined
  #watching = false

  constructor(options: AvailabilityOptions) {
    this.#options = options
    this.#clock = options.clock ?? backgroundClock
  }

  /** From now on, until it is closed, it looks for itself and can be told. */
  watch(): void {
    this.#watching = true
    this.#lookLater()
  }

  /** A record could not be kept. */
  failed(error: SpekaError): void {
    if (this.trouble !== undefined || !this.#watching) return
    this.trouble = error
    this.#options.onChange(error)
  }

  close(): void {
    this.#watching = false
    this.#cancel?.()
  }

  #lookLater(): void {
    if (this.#watching) this.#cancel = this.#clock.after(LOOK_MS, () => void this.#look())
  }

  async #look(): Promise<void> {
    const before = this.trouble
    const { check, tryWriting } = this.#options
    try {
      await (before === undefined ? check() : tryWriting())
      if (this.#watching && before !== undefined) this.#recovered()
    } catch (error) {
      this.failed(error as SpekaError)
    }
    this.#lookLater()
  }

  #recovered(): void {
    this.trouble = undefined
    this.#options.onChange(undefined)
  }
}

/** The machine’s time, with timers that do not keep the process alive. */
export const backgroundClock: Pick<Clock, 'after'> = {
  after(ms, run) {
    const timer = setTimeout(run, ms).unref()
    return () => clearTimeout(timer)
  },
}
