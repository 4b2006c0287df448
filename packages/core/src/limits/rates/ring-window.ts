import type { CountWindow } from './count-window.ts'

const FEWEST = 8

/** The time of each request, oldest first, in a ring that grows as it is needed. */
export class RingWindow implements CountWindow {
  readonly #spanMs: number
  #times = new Float64Array(FEWEST)
  #first = 0
  #size = 0

  constructor(spanMs: number) {
    this.#spanMs = spanMs
  }

  counted(now: number): number {
    const gone = now - this.#spanMs
    while (this.#size > 0 && this.#at(0) <= gone) {
      this.#first = (this.#first + 1) % this.#times.length
      this.#size -= 1
    }
    return this.#size
  }

  add(at: number, amount: number): void {
    const from = this.#size === 0 ? at : Math.max(at, this.#at(this.#size - 1))
    for (let one = 0; one < amount; one += 1) {
      if (this.#size === this.#times.length) this.#grow()
      this.#times[(this.#first + this.#size) % this.#times.length] = from
      this.#size += 1
    }
  }

  takeBack(at: number, amount: number): void {
    let left = amount
    let kept = this.#size
    for (let index = this.#size - 1; index >= 0 && left > 0 && this.#at(index) >= at; index -= 1) {
      if (this.#at(index) !== at) continue
      left -= 1
      kept -= 1
      for (let moved = index; moved < kept; moved += 1)
        this.#times[(this.#first + moved) % this.#times.length] = this.#at(moved + 1)
    }
    this.#size = kept
  }

  msUntil(most: number, now: number): number {
    const over = this.counted(now) - most
    return over <= 0 ? 0 : this.#at(over - 1) + this.#spanMs - now
  }

  *entries(): Iterable<readonly [number, number]> {
    for (let index = 0; index < this.#size; index += 1) yield [this.#at(index), 1]
  }

  #at(index: number): number {
    return this.#times[(this.#first + index) % this.#times.length] ?? 0
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2)
    for (let index = 0; index < this.#size; index += 1) times[index] = this.#at(index)
    this.#times = times
    this.#first = 0
  }
}
