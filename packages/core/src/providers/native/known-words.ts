import type { FixedBytes } from '../../bytes/fixed-bytes.ts'
import { viewOf } from '../../bytes/fixed-bytes.ts'
import { twinOf, twinRun, type FrameTwin } from '../../bytes/frame-twin.ts'
import type { TokenCount } from '../../operations/token-count.ts'

const LF = 0x0a
const SPACE = 0x20
const CLOSE_BRACE = 0x7d

/** So many runs that are no twins, and none are looked for any longer. */
const MOST_UNLIKE = 8

/**
 * A kind of words: events that begin like one that was understood and is words. They go on unread, and are counted by their
 * length.
 */
export class KnownWords {
  readonly #field: string
  readonly #head: FixedBytes
  /** How many bytes of an event are none of its words, blanks before its last brace aside. */
  readonly #besides: number
  /** What all of the kind have been alike in so far: they are found quicker by it, and their words are counted exactly. */
  #twin: FrameTwin | undefined
  /** How many runs of the kind were no twins, one after the other. */
  #unlike = 0

  private constructor(field: string, twin: FrameTwin, besides: number) {
    this.#field = field
    this.#head = twin.before
    this.#besides = besides
    this.#twin = twin
  }

  /**
   * @param typeEnd where the type stands in it, at the latest.
   * @param fields in which its words may be.
   * @returns `undefined` for an event that is no words, or whose words or type cannot be found beyond doubt.
   */
  static of(frame: Buffer, typeEnd: number, fields: readonly string[]): KnownWords | undefined {
    for (const field of fields) {
      const twin = twinOf(frame, field, frame)
      if (twin === undefined) continue
      const words = twinRun(twin, frame, 0)?.textBytes
      if (words === undefined || twin.before.length < typeEnd) return undefined
      return new KnownWords(
        field,
        twin,
        frame.length - words - blanksBefore(frame, frame.length - BRACE_AND_BLANK_LINE),
      )
    }
    return undefined
  }

  /** Where the last of the events ends that stand at `start` and are of the kind; `start` when there is none. */
  run(chunk: Buffer, start: number, delivered: TokenCount): number {
    const run = this.#twin && twinRun(this.#twin, chunk, start)
    if (run === undefined) return this.#unlikeRun(chunk, start, delivered)
    this.#unlike = 0
    delivered.add(run.count, run.textBytes)
    return run.end
  }

  #unlikeRun(chunk: Buffer, start: number, delivered: TokenCount): number {
    const view = viewOf(chunk)
    let end = start
    let count = 0
    let blanks = 0
    while (this.#head.standAt(view, chunk.length, end)) {
      const lineEnd = chunk.indexOf(LF, end + this.#head.length)
      if (lineEnd === -1 || chunk[lineEnd + 1] !== LF || chunk[lineEnd - 1] !== CLOSE_BRACE) break
      blanks += blanksBefore(chunk, lineEnd - 1)
      end = lineEnd + 2
      count += 1
      // The words of another item, or padding where there was none: those that follow are twins of this one.
      if (count === 1 && this.#twin !== undefined && this.#unlike === 0) break
    }
    if (count === 0) return start
    if (this.#unlike === 0 && this.#twin !== undefined) {
      const frame = chunk.subarray(start, end)
      this.#twin = twinOf(frame, this.#field, frame) ?? this.#twin
    }
    this.#unlike += 1
    if (this.#unlike >= MOST_UNLIKE) this.#twin = undefined
    delivered.add(count, Math.max(0, end - start - blanks - count * this.#besides))
    return end
  }
}

const BRACE_AND_BLANK_LINE = 3

function blanksBefore(bytes: Buffer, at: number): number {
  let blanks = 0
  while (bytes[at - blanks - 1] === SPACE) blanks += 1
  return blanks
}
