import { FixedBytes, viewOf } from './fixed-bytes.ts'
import { stringEnd } from './json-string.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const LF = 0x0a
const SPACE = 0x20
const CLOSE_BRACE = 0x7d
const [ZERO, NINE] = [0x30, 0x39]
/** Up to this many bytes of a text a loop is quicker than a native search; most are a word. */
const SHORT_TEXT = 48

/** What may stand where two twins differ: the words, something that is put there to hide their length, or a number. */
type GapKind = 'words' | 'padding' | 'blanks' | 'number'

/**
 * Fields that are something else in every event and say nothing: OpenAI pads events to one length, and numbers those of
 * responses.
 *
 * https://platform.openai.com/docs/api-reference/responses-streaming
 */
const VARYING: readonly (readonly [field: string, kind: GapKind])[] = [
  ['obfuscation', 'padding'],
  ['sequence_number', 'number'],
]

/** A place where twins differ, and what stands behind it in all of them. */
interface Gap {
  readonly field: string
  readonly kind: GapKind
  readonly after: FixedBytes
}

/** What stands around the gaps of a frame. */
interface Edges {
  readonly before: FixedBytes
  readonly gaps: readonly Gap[]
  /** What stands between the last gap of a twin and the first of one that follows it. */
  readonly between: FixedBytes
}

/**
 * A frame that was understood once, cut around its text. Another frame with the same bytes before and after its own text
 * means the same, so it needs no parsing: nearly all frames of a stream are twins of the second.
 */
export interface FrameTwin extends Edges {
  /** What the caller gets in place of each, whose gaps stand at `from` in the twin; `undefined` when nothing has to differ. */
  readonly forCaller: (Edges & { readonly from: readonly number[] }) | undefined
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
  /** Where their gaps stand in what was read, start and end by turns; `undefined` where nothing has to differ. */
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
  if (own === undefined) return undefined
  if (forCaller === frame) return { ...own, forCaller: undefined }
  const callers = edgesOf(forCaller, callerField)
  if (callers === undefined) return undefined
  const from = callers.gaps.map(({ kind, field: name }) =>
    own.gaps.findIndex((gap) => (kind === 'words' ? gap.kind === 'words' : gap.field === name)),
  )
  return from.includes(-1) ? undefined : { ...own, forCaller: { ...callers, from } }
}

function edgesOf(frame: Buffer, field: string): Edges | undefined {
  const words = cutAround(frame, field, 'words')
  if (words === undefined) return undefined
  const cuts = [words]
  for (const [name, kind] of VARYING) {
    const cut = name === field ? undefined : cutAround(frame, name, kind)
    if (cut !== undefined) cuts.push(cut)
  }
  const blanks = blanksIn(frame)
  if (blanks !== undefined) cuts.push(blanks)
  cuts.sort((one, other) => one.start - other.start)
  const begins = cuts[0]?.start ?? 0
  // All of it stands in one copy: the frame, and its beginning once more for the one that follows.
  const bytes = Buffer.allocUnsafe(frame.length + begins)
  frame.copy(bytes)
  frame.copy(bytes, frame.length, 0, begins)
  const view = viewOf(bytes)
  const gaps = cuts.map(({ field: name, kind, end }, index) => ({
    field: name,
    kind,
    after: new FixedBytes(view, end, cuts[index + 1]?.start ?? frame.length),
  }))
  const between = new FixedBytes(view, cuts.at(-1)?.end ?? 0, bytes.length)
  return { before: new FixedBytes(view, 0, begins), gaps, between }
}

/**
 * The whole twins that stand in `chunk` from `start` on. One comparison a gap, of what lies between it and the next, proves
 * the end of one frame and the beginning of the next.
 *
 * @returns `undefined` when the first frame there is no twin, or not whole.
 */
export function twinRun(twin: FrameTwin, chunk: Buffer, start: number): TwinRun | undefined {
  const { before, gaps, between } = twin
  const view = viewOf(chunk)
  if (!before.standAt(view, chunk.length, start)) return undefined
  // Where nothing has to differ, nobody asks where the texts stood.
  const texts: number[] | undefined = twin.forCaller && []
  const last = gaps.length - 1
  let count = 0
  let textBytes = 0
  let end = start
  let at = start + before.length
  frames: for (;;) {
    let words = 0
    let goesOn = false
    for (let index = 0; index <= last; index += 1) {
      const gap = gaps[index]
      if (gap === undefined) break frames
      const gapEnd = endOfGap(chunk, at, gap.kind)
      if (gapEnd === -1) break frames
      goesOn = index === last && between.standAt(view, chunk.length, gapEnd)
      if (!goesOn && !gap.after.standAt(view, chunk.length, gapEnd)) break frames
      texts?.push(at, gapEnd)
      if (gap.kind === 'words') words = gapEnd - at
      at = gapEnd + gap.after.length
    }
    count += 1
    textBytes += words
    end = at
    if (!goesOn) break
    at += before.length
  }
  if (count === 0) return undefined
  // Those of a frame that turned out to be no twin.
  if (texts !== undefined) texts.length = count * gaps.length * 2
  return {
    end,
    count,
    texts,
    textBytes,
    forCaller:
      twin.forCaller === undefined || texts === undefined
        ? chunk.subarray(start, end)
        : withEdges(twin.forCaller, chunk, { texts, stride: gaps.length * 2, count }),
  }
}

/** Where the words stand of each frame in a run whose gaps are known, start and end by turns. */
export function placesOfWords({ gaps }: FrameTwin, { texts = [] }: TwinRun): readonly number[] {
  if (gaps.length === 1) return texts
  const words = 2 * gaps.findIndex(({ kind }) => kind === 'words')
  return texts.filter((_, at) => {
    const place = at % (2 * gaps.length)
    return place === words || place === words + 1
  })
}

/** Where the gaps of a run stand: `stride` places a frame. */
interface Places {
  readonly texts: readonly number[]
  readonly stride: number
  readonly count: number
}

/** The twins whose gaps stand at `texts` with other bytes around them. */
function withEdges(
  { before, gaps, between, from }: NonNullable<FrameTwin['forCaller']>,
  chunk: Buffer,
  { texts, stride, count }: Places,
): Buffer {
  const last = gaps.length - 1
  const lastAfter = gaps[last]?.after.length ?? 0
  let length = before.length + lastAfter + (count - 1) * between.length
  for (let index = 0; index < last; index += 1) length += count * (gaps[index]?.after.length ?? 0)
  for (let frame = 0; frame < texts.length; frame += stride)
    for (const gap of from) length += (texts[frame + 2 * gap + 1] ?? 0) - (texts[frame + 2 * gap] ?? 0)
  const out = Buffer.allocUnsafe(length)
  const view = viewOf(out)
  let at = before.putTo(view, 0)
  for (let frame = 0; frame < texts.length; frame += stride) {
    if (frame > 0) at += between.putTo(view, at)
    for (let index = 0; index <= last; index += 1) {
      const place = frame + 2 * (from[index] ?? 0)
      at = copyText(chunk, out, at, texts[place] ?? 0, texts[place + 1] ?? 0)
      if (index < last) at += gaps[index]?.after.putTo(view, at) ?? 0
    }
  }
  gaps[last]?.after.putTo(view, at)
  return out
}

/** Copies a text that is short more often than not. @returns where it ends in `out`. */
function copyText(chunk: Buffer, out: Buffer, to: number, start: number, end: number): number {
  if (end - start > SHORT_TEXT) return to + chunk.copy(out, to, start, end)
  let at = to
  for (let from = start; from < end; from += 1) out[at++] = chunk[from] ?? 0
  return at
}

/** Where a gap ends; -1 when it does not, or has nothing in it that must have something. */
function endOfGap(chunk: Buffer, start: number, kind: GapKind): number {
  if (kind === 'blanks') return endOfBlanks(chunk, start)
  const end = kind === 'number' ? endOfNumber(chunk, start) : endOfText(chunk, start)
  return end > start || kind === 'padding' ? end : -1
}

function endOfBlanks(chunk: Buffer, start: number): number {
  let at = start
  while (chunk[at] === SPACE) at += 1
  return at
}

function endOfNumber(chunk: Buffer, start: number): number {
  let at = start
  for (; at < chunk.length; at += 1) {
    const byte = chunk[at] ?? 0
    if (byte < ZERO || byte > NINE) break
  }
  return at
}

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

interface Cut {
  readonly field: string
  readonly kind: GapKind
  readonly start: number
  readonly end: number
}

/**
 * Blanks before the brace that ends an event, as Anthropic pads its own.
 *
 * @returns `undefined` where there are none: nearly nobody else has any.
 */
function blanksIn(frame: Buffer): Cut | undefined {
  const end = frame.length - BRACE_AND_BLANK_LINE
  if (frame[end - 1] !== SPACE || frame[end] !== CLOSE_BRACE) return undefined
  let start = end - 1
  while (frame[start - 1] === SPACE) start -= 1
  return { field: '', kind: 'blanks', start, end }
}

const BRACE_AND_BLANK_LINE = 3

/** Finds the value of `"field":`, whose bytes cannot occur inside a JSON string, where quotes are escaped. */
function cutAround(frame: Buffer, field: string, kind: GapKind): Cut | undefined {
  const key = `"${field}":`
  const at = frame.indexOf(key)
  if (at === -1 || frame.indexOf(key, at + 1) !== -1) return undefined
  let open = at + key.length
  while (frame[open] === SPACE) open += 1
  if (kind === 'number') {
    const end = endOfNumber(frame, open)
    return end === open ? undefined : { field, kind, start: open, end }
  }
  if (frame[open] !== QUOTE) return undefined
  const end = stringEnd(frame, open)
  return end === -1 ? undefined : { field, kind, start: open + 1, end: end - 1 }
}
