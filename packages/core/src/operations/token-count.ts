/** Prose, in the languages that tokenizers were made for. */
const BYTES_PER_TOKEN = 4

/**
 * A count of tokens for when the provider gives none. Most send an event for each token, so the events count; where one
 * holds more, its length does.
 */
export class TokenCount {
  #events = 0
  #textBytes = 0

  add(events: number, textBytes: number): void {
    this.#events += events
    this.#textBytes += textBytes
  }

  get tokens(): number {
    return Math.max(this.#events, Math.ceil(this.#textBytes / BYTES_PER_TOKEN))
  }
}

/** Fields of a message or delta that are not the model's words. A picture's length says nothing of its tokens. */
const NOT_WORDS = new Set(['role', 'name', 'id', 'type', 'tool_call_id', 'images'])

/** How many characters of output the choices of a chunk, or of a whole answer, hold: text, reasoning and arguments. */
export function textLengthOf(choices: readonly Readonly<Record<string, unknown>>[]): number {
  let length = 0
  for (const { delta, message } of choices) length += lengthOfWords(delta ?? message)
  return length
}

/**
 * How many characters of words a message, or anything made of them, holds.
 *
 * @param longestBytes of a text; longer ones are left out. Default: none is.
 */
export function lengthOfWords(value: unknown, longestBytes = Infinity): number {
  if (typeof value === 'string') return isLonger(value, longestBytes) ? 0 : value.length
  if (typeof value !== 'object' || value === null) return 0
  let length = 0
  for (const [field, inner] of Object.entries(value))
    if (!NOT_WORDS.has(field)) length += lengthOfWords(inner, longestBytes)
  return length
}

/** A character has at least one byte, and at most three. */
const isLonger = (text: string, bytes: number): boolean =>
  text.length > bytes || (text.length * 3 > bytes && Buffer.byteLength(text) > bytes)
