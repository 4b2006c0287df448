import type { CountWindow } from './count-window.ts'
import { BEYOND_MS } from './rate-kinds.ts'

/** The most that a bucket of two bytes holds. */
const MOST_NARROW = 0xff_ff
const MOST_WIDE = 0xff_ff_ff_ff
/** As many buckets as there are at first. */
const FEWEST = 8

/**
 * Sums of short stretches of time. A bucket counts until it is out of the window as a whole. Two bytes each, and four once
 * one of them needs it: a bucket that holds more than those can count is as full as it can be. There are as many as lie between
 * the oldest that counts and the newest, so that what is seldom used takes little.
 */
export class BucketWindow implements CountWindow {
  readonly #bucketMs: number
  readonly #spanMs: number
  /** How many buckets a window may have. */
  readonly #most: number
  #sums: Uint16Array | Uint32Array
  /** The number of the oldest bucket that may hold something, and of the newest. */
  #oldest = 0
  #newest = -1
  #total = 0

  constructor(spanMs: number, bucketMs: number) {
    this.#spanMs = spanMs
    this.#bucketMs = bucketMs
    this.#most = Math.ceil((spanMs + BEYOND_MS) / bucketMs) + 1
    this.#sums = new Uint16Array(Math.min(FEWEST, this.#most))
  }

  counted(now: number): number {
    const first = Math.floor((now - this.#spanMs) / this.#bucketMs)
    while (this.#oldest < first && this.#oldest <= this.#newest) this.#dropOldest()
    return this.#total
  }

  add(at: number, amount: number): void {
    const number = Math.floor(at / this.#bucketMs)
    while (this.#oldest <= this.#newest && number - this.#oldest >= this.#most) this.#dropOldest()
    if (this.#newest < this.#oldest) {
      this.#oldest = number
      this.#newest = number
    }
    const newest = Math.max(number, this.#newest)
    // What is older than there are buckets for counts with the oldest.
    const into = Math.max(number, newest - this.#most + 1)
    const oldest = Math.min(into, this.#oldest)
    if (newest - oldest >= this.#sums.length) this.#grow(newest - oldest + 1)
    this.#newest = newest
    this.#oldest = oldest
    const before = this.#sum(into)
    const after = Math.min(before + amount, MOST_WIDE)
    this.#put(into, after)
    this.#total += after - before
  }

  takeBack(at: number, amount: number): void {
    const number = Math.floor(at / this.#bucketMs)
    if (number < this.#oldest || number > this.#newest) return
    const taken = Math.min(amount, this.#sum(number))
    this.#put(number, this.#sum(number) - taken)
    this.#total -= taken
  }

  msUntil(most: number, now: number): number {
    let left = this.counted(now)
    let number = this.#oldest
    while (left > most && number <= this.#newest) {
      left -= this.#sum(number)
      if (left <= most) return (number + 1) * this.#bucketMs + this.#spanMs - now
      number += 1
    }
    return 0
  }

  *entries(): Iterable<readonly [number, number]> {
    for (let number = this.#oldest; number <= this.#newest; number += 1) {
      const sum = this.#sum(number)
      if (sum > 0) yield [number * this.#bucketMs, sum]
    }
  }

  #grow(wanted: number): void {
    const entries = [...this.entries()]
    const length = Math.min(this.#most, Math.max(wanted, 2 * this.#sums.length))
    this.#sums = this.#sums instanceof Uint16Array ? new Uint16Array(length) : new Uint32Array(length)
    for (const [at, sum] of entries) this.#put(Math.round(at / this.#bucketMs), sum)
  }

  #dropOldest(): void {
    this.#total -= this.#sum(this.#oldest)
    this.#put(this.#oldest, 0)
    this.#oldest += 1
  }

  #sum(number: number): number {
    return this.#sums[this.#index(number)] ?? 0
  }

  /** Numbers are below zero for what was counted before the machine was started. */
  #index(number: number): number {
    const index = number % this.#sums.length
    return index < 0 ? index + this.#sums.length : index
  }

  #put(number: number, sum: number): void {
    if (sum > MOST_NARROW && this.#sums instanceof Uint16Array) this.#sums = Uint32Array.from(this.#sums)
    this.#sums[this.#index(number)] = sum
  }
}
