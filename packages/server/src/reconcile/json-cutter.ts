import { exportError } from './export-error.ts'

/** A JSON value as text, and the line it begins on, from 1. */
export interface JsonText {
  readonly line: number
  readonly text: string
}

/** How long one value may be, in UTF-16 code units: pages of providers' APIs are far below. */
const LONGEST_VALUE = 64 * 1024 * 1024

/** What stands between values. A list of them is taken apart, so that it may be of any length. */
const BETWEEN = /[\s,[\]]/

/**
 * Cuts JSON objects out of a text that comes piece by piece: one object, objects one behind the other, one a line, or a list
 * of objects.
 *
 * @throws SpekaError `invalid_request` that names the line.
 */
export class JsonCutter {
  /** The object that has begun, in pieces. */
  #pieces: string[] = []
  #length = 0
  #depth = 0
  #isInText = false
  #isEscaped = false
  #line = 1
  #begunOn = 1

  push(text: string): JsonText[] {
    const values: JsonText[] = []
    let from = this.#depth > 0 ? 0 : -1
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (code === NEWLINE) this.#line += 1
      if (this.#depth === 0) {
        if (code === OPEN) {
          this.#depth = 1
          this.#begunOn = this.#line
          from = at
        } else if (!BETWEEN.test(text[at] ?? ''))
          throw exportError(`Line ${this.#line} is no JSON object: exports are objects, one or several.`)
        continue
      }
      if (this.#isInText) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (code === BACKSLASH) this.#isEscaped = true
        else if (code === QUOTE) this.#isInText = false
      } else if (code === QUOTE) this.#isInText = true
      else if (code === OPEN) this.#depth += 1
      else if (code === CLOSE) {
        this.#depth -= 1
        if (this.#depth > 0) continue
        values.push({ line: this.#begunOn, text: this.#pieces.join('') + text.slice(from, at + 1) })
        this.#pieces = []
        this.#length = 0
        from = -1
      }
    }
    if (from !== -1) this.#keep(text.slice(from))
    return values
  }

  /** @throws SpekaError `invalid_request` when an object has not ended. */
  end(): void {
    if (this.#depth > 0)
      throw exportError(
        `The file ends on line ${this.#line}, in the middle of what begins on line ${this.#begunOn}: it was cut. Export it again.`,
      )
  }

  #keep(piece: string): void {
    this.#pieces.push(piece)
    this.#length += piece.length
    if (this.#length > LONGEST_VALUE)
      throw exportError(
        `What begins on line ${this.#begunOn} is longer than 64 million characters: export a shorter time.`,
      )
  }
}

const NEWLINE = 10
const QUOTE = 34
const BACKSLASH = 92
const OPEN = 123
const CLOSE = 125
