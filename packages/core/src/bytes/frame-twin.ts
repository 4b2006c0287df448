import { stringEnd } from './json-string.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const LF = 0x0a
/** Up to this many bytes of a text a loop is quicker than a native search; most are a word. */
const SHORT_TEXT = 48

/**
 * A frame that was understood once, cut around its text. Another frame with the same bytes before and after its own text
 * means the same, so it needs no parsing: nearly all frames of a stream are twins of the second.
 */
export interface FrameTwin {
  readonly before: Buffer
  readonly after: Buffer
  /** What stands between the texts of two twins that follow each other. */
  readonly between: Buffer
  /** What the caller gets in place of each; `undefined` when nothing has to differ. */
  readonly forCaller: Pick<FrameTwin, 'before' | 'after' | 'between'> | undefined
}

/** Twins that follow each other without a gap. */
export interface TwinRun {
  /** Where the last of them ends. */
  readonly end: number
  /** All of them, as the caller gets them. */
  readonly forCaller: Buffer
  readonly count: number
  /** Bytes of all their texts together. */
  readonly textBytes: number
  /** Where the texts stand in what was read, start and end by turns; `undefined` where nothing has to differ. */
  readonly texts: readonly number[] | undefined
}

/**
 * Remembers `frame` by its one delta text.
 *
 * @param field the delta's only field with anything in it, which is a text.
 * @param forCaller the same frame as the caller gets it: equal, or with something else around the text.
 * @param callerField what the caller knows the field by.
 * @returns `undefined` when the text cannot be found beyond doubt.
 */
export function twinOf(
  frame: Buffer,
  field: string,
  forCaller: Buffer,
  callerField: string = field,
): FrameTwin | undefined {
  const own = edgesOf(frame, field)
  if (own === undefined || forCaller === frame) return own && { ...own, forCaller: undefined }
  const callers = edgesOf(forCaller, callerField)
  return callers && { ...own, forCaller: callers }
}

function edgesOf(frame: Buffer, field: string): Pick<FrameTwin, 'before' | 'after' | 'between'> | undefined {
  const cut = cutAround(frame, field)
  if (cut === undefined) return undefined
  // Copies: the network buffer behind a frame is large and should not outlive it.
  const before = Buffer.from(frame.subarray(0, cut.start))
  const after = Buffer.from(frame.subarray(cut.end))
  return { before, after, between: Buffer.concat([after, before]) }
}

/**
 * The whole twins that stand in `chunk` from `start` on. One comparison a frame, of what lies between two texts, proves
 * the end of one and the beginning of the next.
 *
 * @returns `undefined` when the first frame there is no twin, or not whole.
 */
export function twinRun(twin: FrameTwin, chunk: Buffer, start: number): TwinRun | undefined {
  const { before, after, between } = twin
  if (!standsAt(chunk, before, start)) return undefined
  // Where nothing has to differ, nobody asks where the texts stood.
  const texts: number[] | undefined = twin.forCaller && []
  let count = 0
  let last = start
  let textStart = start + before.length
  for (;;) {
    const textEnd = endOfText(chunk, textStart)
    if (textEnd <= textStart) break
    const another = standsAt(chunk, between, textEnd)
    if (!another && !standsAt(chunk, after, textEnd)) break
    texts?.push(textStart, textEnd)
    count += 1
    last = textEnd
    if (!another) break
    textStart = textEnd + between.length
  }
  if (count === 0) return undefined
  const end = last + after.length
  return {
    end,
    count,
    texts,
    textBytes: end - start - count * (before.length + after.length),
    forCaller:
      twin.forCaller === undefined || texts === undefined
        ? chunk.subarray(start, end)
        : withEdges(twin.forCaller, chunk, texts),
  }
}

/** The twins whose texts stand at `texts`, start and end by turns, with other bytes around them. */
function withEdges(
  { before, after, between }: Pick<FrameTwin, 'before' | 'after' | 'between'>,
  chunk: Buffer,
  texts: readonly number[],
): Buffer {
  let length = before.length + after.length + (texts.length / 2 - 1) * between.length
  for (let index = 0; index < texts.length; index += 2) length += (texts[index + 1] ?? 0) - (texts[index] ?? 0)
  const out = Buffer.allocUnsafe(length)
  let at = before.copy(out)
  for (let index = 0; index < texts.length; index += 2) {
    if (index > 0) at += between.copy(out, at)
    at += chunk.copy(out, at, texts[index], texts[index + 1])
  }
  after.copy(out, at)
  return out
}

const standsAt = (chunk: Buffer, bytes: Buffer, at: number): boolean =>
  at + bytes.length <= chunk.length && chunk.compare(bytes, 0, bytes.length, at, at + bytes.length) === 0

/** Where the closing quote of a text stands; -1 when there is none, or a line end first, which would cut the event. */
function endOfText(chunk: Buffer, start: number): number {
  const near = Math.min(start + SHORT_TEXT, chunk.length)
  for (let at = start; at < near; at += 1) {
    const byte = chunk[at]
    if (byte === QUOTE) return at
    if (byte === LF) return -1
    if (byte === BACKSLASH) at += 1
  }
  const end = stringEnd(chunk, start - 1) - 1
  const lineEnd = chunk.indexOf(LF, start)
  return end < 0 || (lineEnd !== -1 && lineEnd < end) ? -1 : end
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
