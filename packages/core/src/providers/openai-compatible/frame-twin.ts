import { startsWith } from '../../wire/frames.ts'
import { stringEnd } from '../../wire/scan-object.ts'

const QUOTE = 0x22
const LF = 0x0a

/**
 * A frame that was understood once, cut around its text. Another frame with the same bytes before and after its own text
 * means the same, so it needs no parsing: nearly all frames of a stream are twins of the second.
 */
export interface FrameTwin {
  readonly before: Buffer
  readonly after: Buffer
  /** What replaces `before` on the way to the caller; the same buffer when nothing has to differ. */
  readonly beforeForCaller: Buffer
}

/**
 * Remembers `frame` by its one delta text.
 *
 * @param field the delta's only field, which holds a non-empty string.
 * @param forCaller the same frame as the caller gets it: equal, or with another model name ahead of the text.
 * @returns `undefined` when the text cannot be found beyond doubt.
 */
export function twinOf(frame: Buffer, field: string, forCaller: Buffer): FrameTwin | undefined {
  const cut = cutAround(frame, field)
  const callerCut = forCaller === frame ? cut : cutAround(forCaller, field)
  if (cut === undefined || callerCut === undefined) return undefined
  const after = frame.subarray(cut.end)
  if (!forCaller.subarray(callerCut.end).equals(after)) return undefined
  // Copies: the network buffer behind a frame is large and should not outlive it.
  const before = Buffer.from(frame.subarray(0, cut.start))
  return {
    before,
    after: Buffer.from(after),
    beforeForCaller: forCaller === frame ? before : Buffer.from(forCaller.subarray(0, callerCut.start)),
  }
}

/** Whether `frame` differs from the twin in its text alone, and that text is not empty. */
export function isTwin(twin: FrameTwin, frame: Buffer): boolean {
  const { before, after } = twin
  const textEnd = frame.length - after.length
  return (
    textEnd > before.length &&
    startsWith(frame, before) &&
    frame.compare(after, 0, after.length, textEnd) === 0 &&
    // A line end inside would make it an event of several lines.
    frame.indexOf(LF, before.length) === frame.length - 2 &&
    stringEnd(frame, before.length - 1) === textEnd + 1
  )
}

/** `frame`, a twin, as the caller gets it. */
export function twinForCaller(twin: FrameTwin, frame: Buffer): Buffer {
  const { before, beforeForCaller } = twin
  if (before === beforeForCaller) return frame
  const out = Buffer.allocUnsafe(frame.length - before.length + beforeForCaller.length)
  beforeForCaller.copy(out)
  frame.copy(out, beforeForCaller.length, before.length)
  return out
}

/** Finds the string value of `"field":`, whose bytes cannot occur inside a JSON string, where quotes are escaped. */
function cutAround(frame: Buffer, field: string): { start: number; end: number } | undefined {
  const key = Buffer.from(`"${field}":`)
  const at = frame.indexOf(key)
  if (at === -1 || frame.indexOf(key, at + 1) !== -1) return undefined
  let open = at + key.length
  while (frame[open] === 0x20) open += 1
  if (frame[open] !== QUOTE) return undefined
  const end = stringEnd(frame, open)
  return end === -1 ? undefined : { start: open + 1, end: end - 1 }
}
