/**
 * The arguments of a tool call while they come in pieces: whether there are any, and whether they are whole. Each piece is
 * looked at once.
 */
export class ArgumentsSoFar {
  #text = ''
  #isBlank = true
  #depth = 0
  #inString = false
  #escaped = false
  #closed = false

  get text(): string {
    return this.#text
  }

  /** Whether nothing came but white space. */
  get isBlank(): boolean {
    return this.#isBlank
  }

  /** Whether the object or list that they are has ended: what comes now belongs to something else. */
  get isWhole(): boolean {
    return this.#closed
  }

  add(piece: string): void {
    this.#text += piece
    this.#isBlank &&= piece.trim() === ''
    for (let at = 0; at < piece.length; at += 1) this.#read(piece.charCodeAt(at))
  }

  #read(sign: number): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false
      else if (sign === BACKSLASH) this.#escaped = true
      else if (sign === QUOTE) this.#inString = false
      return
    }
    if (sign === QUOTE) this.#inString = true
    else if (sign === OPEN_BRACE || sign === OPEN_BRACKET) this.#depth += 1
    else if (sign === CLOSE_BRACE || sign === CLOSE_BRACKET) {
      this.#depth -= 1
      if (this.#depth === 0) this.#closed = true
    }
  }
}

const QUOTE = 0x22
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
