/** How many kinds of words are worth repeating. */
const MOST_WORDS = 5

/** Counts errors, and keeps the words of the first few kinds. */
export class ErrorCount {
  count = 0
  readonly #words = new Map<string, number>()

  add(words: string): void {
    this.count += 1
    const seen = this.#words.get(words)
    if (seen !== undefined || this.#words.size < MOST_WORDS) this.#words.set(words, (seen ?? 0) + 1)
  }

  get words(): string[] {
    return [...this.#words].map(([words, count]) => (count === 1 ? words : `${words} (${count} times)`))
  }
}
