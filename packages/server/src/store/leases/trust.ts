/** How long the store is trusted to keep what was lent after the last message that it answered was sent, in ms. Others give up a silent owner 15 s later. */
const TRUST_MS = 120_000

/**
 * What a process knows of whether the store still takes it for alive, by its own monotonic clock: counted from the moment at which the last message that
 * was answered was sent. A process that has slept looks at it before it reads what came meanwhile.
 */
export class Trust {
  /** Told of each answer: whoever waits for another one knows then that the store is there. */
  onHeard: () => void = () => {}
  readonly #monotonic: () => number
  #heardAt: number
  #isEnded = false

  /** @param monotonic in ms. */
  constructor(monotonic: () => number = () => performance.now()) {
    this.#monotonic = monotonic
    this.#heardAt = monotonic()
  }

  /** To be noted as a message is sent, and handed to {@link heard} with its answer. */
  now(): number {
    return this.#monotonic()
  }

  /** The store has answered, of this process as one that is alive. */
  heard(sentAt: number): void {
    this.#heardAt = Math.max(this.#heardAt, sentAt)
    this.onHeard()
  }

  /** The store has taken this process for ended: what it was lent is gone, until a lease call tells it what it has. */
  ended(): void {
    this.#isEnded = true
  }

  /** A lease call was answered. */
  lent(sentAt: number): void {
    this.#isEnded = false
    this.heard(sentAt)
  }

  /** How long nothing has been answered, in ms. */
  get silentMs(): number {
    return this.#monotonic() - this.#heardAt
  }

  /** Whether the store is sure to take it for alive, lent anything or not. */
  get isRecent(): boolean {
    return this.silentMs < TRUST_MS
  }

  /** Whether the store is sure to keep what was lent. */
  get keepsLeases(): boolean {
    return !this.#isEnded && this.isRecent
  }
}
