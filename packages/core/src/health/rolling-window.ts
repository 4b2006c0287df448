/** How many measurements are remembered: enough for a percentile, few enough to sort in a microsecond or two. */
const SIZE = 64

/** The latest measurements of one kind, and their median. An old one is forgotten when its place is needed. */
export class RollingWindow {
  readonly #values = new Float64Array(SIZE)
  #count = 0
  #next = 0
  #median: number | undefined
  #stale = false

  add(value: number): void {
    this.#values[this.#next] = value
    this.#next = (this.#next + 1) % SIZE
    if (this.#count < SIZE) this.#count += 1
    this.#stale = true
  }

  /** `undefined` before the first measurement. Sorted only when asked for after a change. */
  get median(): number | undefined {
    if (this.#stale) {
      const sorted = this.#values.slice(0, this.#count).sort()
      this.#median = sorted[Math.floor((this.#count - 1) / 2)]
      this.#stale = false
    }
    return this.#median
  }
}
