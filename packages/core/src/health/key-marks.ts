/** Whether an upstream took a key the last time it was used, and when that was: monotonic, in ms. */
export interface KeyMark {
  state: 'unknown' | 'works' | 'refused'
  at: number | undefined
}

/** What is known of the keys of one provider, to be told to its operator. */
export class KeyMarks {
  readonly #marks = new Map<string, KeyMark>()

  /** The mark of a key: whoever uses it changes it. */
  of(credential: string): KeyMark {
    const known = this.#marks.get(credential)
    if (known !== undefined) return known
    const mark: KeyMark = { state: 'unknown', at: undefined }
    this.#marks.set(credential, mark)
    return mark
  }
}
