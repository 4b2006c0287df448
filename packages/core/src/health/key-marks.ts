/** Whether an upstream took a key the last time it was used, and when that was: monotonic, in ms. */
export interface KeyMark {
  state: 'unknown' | 'works' | 'refused'
  at: number | undefined
}

/** What is known of the keys of one provider, to be told to its operator. */
export class KeyMarks {
  readonly #marks = new Map<string, KeyMark>()
  /** Until when keys are passed over that others had refused: monotonic, in ms. Empty most of the time. */
  readonly #passedOver = new Map<string, number>()

  /** The mark of a key: whoever uses it changes it. */
  of(credential: string): KeyMark {
    const known = this.#marks.get(credential)
    if (known !== undefined) return known
    const mark: KeyMark = { state: 'unknown', at: undefined }
    this.#marks.set(credential, mark)
    return mark
  }

  /** Every key that is known of. */
  all(): Iterable<readonly [credential: string, mark: KeyMark]> {
    return this.#marks.entries()
  }

  /** Another replica was refused with this key: for so long, a minute at the most, it is used only where there is no other. */
  passOver(credential: string, now: number, ms: number): void {
    this.#passedOver.set(credential, now + Math.min(ms, LONGEST_PASSED_OVER_MS))
  }

  isPassedOver(credential: string, now: number): boolean {
    if (this.#passedOver.size === 0) return false
    const until = this.#passedOver.get(credential)
    if (until === undefined) return false
    if (now < until) return true
    this.#passedOver.delete(credential)
    return false
  }
}

/** The longest that what others say of a key counts, in ms. */
const LONGEST_PASSED_OVER_MS = 60_000
