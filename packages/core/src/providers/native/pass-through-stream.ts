import { findMember, findObject, setFound } from '../../bytes/find-member.ts'
import { dataOf, isDone, jsonFrame, typedFrame } from '../../bytes/frames.ts'
import { FixedBytes, viewOf } from '../../bytes/fixed-bytes.ts'
import { twinOf, twinRun, type FrameTwin } from '../../bytes/frame-twin.ts'
import { asBuffer } from '../../bytes/scan-object.ts'
import { stringEnd } from '../../bytes/json-string.ts'
import { join, splice, type Edit } from '../../bytes/splice.ts'
import { isRecord, type Json } from '../../json.ts'
import type { Bytes } from '../../transport.ts'
import { badReply } from '../bad-reply.ts'
import {
  Sees,
  type CountedUsage,
  type Emit,
  type FrameTranslator,
  type OwnEnd,
  type TranslationTarget,
} from '../provider.ts'
import { lengthOfWords, TokenCount } from '../../operations/token-count.ts'
import { nameEdits } from './name-edits.ts'
import type { EventReader, EventSeen, NativeApi } from './native-api.ts'

const EMPTY = Buffer.alloc(0)
const LF = 0x0a
const CLOSE_BRACE = 0x7d
const BLANK_LINE = Buffer.from('\n\n')

/** A frame that is kept back from the finish on, and where in it the usage stands. */
interface KeptFrame {
  readonly frame: Bytes
  readonly counted: readonly string[] | undefined
}

/** How an event begins that is words like one before it, and how many of its bytes are none. */
interface WordsMark {
  readonly head: FixedBytes
  readonly besides: number
  /** What all of its kind have been alike in so far: they are found quicker by it. */
  twin: FrameTwin | undefined
  /** How many runs of its kind were no twins, one after the other. */
  unlike: number
}

/** So many runs that are no twins, and none are looked for any longer. */
const MOST_UNLIKE = 8

/** So many kinds of words are told apart at a time: what a model thinks, says and has called. */
const MOST_MARKS = 4

/**
 * Lets a stream through event by event. Words go on unread once there has been an event of their kind, and what repeats them
 * whole once anything was said; of all others it is learnt what they are. The model is called by the name that the caller knows, and the cost is added where usage is told.
 */
export class PassThroughStream implements FrameTranslator {
  readonly #target: TranslationTarget
  readonly #reader: EventReader
  readonly #api: NativeApi
  readonly #delivered = new TokenCount()
  readonly #kept: KeptFrame[] = []
  /** The kinds of words that there have been, the latest first. */
  #known: readonly WordsMark[] = []
  /** What went through last: one event, or several. */
  #last: Buffer | undefined
  #said = false
  #finished = false
  #over = false

  readonly #hidesUsage: boolean

  /** @param hidesUsage whether an event that tells usage alone is kept from the caller, who has not asked for it. */
  constructor(api: NativeApi, target: TranslationTarget, hidesUsage = false) {
    this.#hidesUsage = hidesUsage
    this.#target = target
    this.#reader = api.read(target)
    this.#api = api
  }

  get outputTokens(): number {
    return this.#delivered.tokens
  }

  readonly ownEnd: OwnEnd = {
    whole: (counted) =>
      this.#kept.map(({ frame, counted: at }) => (at === undefined ? frame : priced(frame, at, counted))),
    broken: (error, requestId) =>
      this.#reader.broken(error, requestId, this.#last && objectIn(lastFrameOf(this.#last))),
  }

  run(chunk: Buffer, start: number, emit: Emit): number {
    if (this.#finished || this.#over) return start
    for (const mark of this.#known) {
      const end = this.#twins(chunk, start, mark) ?? this.#words(chunk, start, mark)
      if (end === start) continue
      const run = start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end)
      this.#last = run
      emit(run, Sees.Output)
      return end
    }
    return start
  }

  /** Where the last of the events ends that stand at `start` and are like the one that `mark` was made of, but for their words. */
  #twins(chunk: Buffer, start: number, mark: WordsMark): number | undefined {
    const run = mark.twin && twinRun(mark.twin, chunk, start)
    if (run === undefined) return undefined
    mark.unlike = 0
    this.#delivered.add(run.count, run.textBytes)
    return run.end
  }

  /** Where the last of the events ends that stand at `start` and begin like `mark`. */
  #words(chunk: Buffer, start: number, mark: WordsMark): number {
    const { head, besides } = mark
    const view = viewOf(chunk)
    let end = start
    let count = 0
    while (head.standAt(view, chunk.length, end)) {
      const lineEnd = chunk.indexOf(LF, end + head.length)
      if (lineEnd === -1 || chunk[lineEnd + 1] !== LF || chunk[lineEnd - 1] !== CLOSE_BRACE) break
      end = lineEnd + 2
      count += 1
    }
    if (count === 0) return start
    mark.unlike += 1
    if (mark.unlike >= MOST_UNLIKE) mark.twin = undefined
    this.#delivered.add(count, Math.max(0, end - start - count * besides))
    return end
  }

  frame(frame: Buffer, emit: Emit): void {
    if (this.#over || this.run(frame, 0, emit) > 0) return
    if (!this.#finished && this.#goesUnread(frame)) {
      this.#last = frame
      emit(frame, Sees.Nothing)
      return
    }
    const data = dataOf(frame)
    if (data === undefined) return
    const event = parse(data)
    if (event !== undefined) this.#event(inOneLine(frame, data, event), event, emit)
    else if (isDone(data)) this.#done(frame, emit)
    else emit(frame, Sees.Failure, { failure: badReply('sent an event that is not a JSON object') })
  }

  /** Whether a frame is beyond doubt an event that has nothing to be learnt from, by its type. */
  #goesUnread(frame: Buffer): boolean {
    const { repeats, silent = [] } = this.#api
    return isOneOf(frame, silent) || (this.#said && isOneOf(frame, repeats))
  }

  end(): void {
    // What a close means is for the attempt to judge; the events that are owed behind a finish follow it.
    if (this.#finished && !this.#over)
      for (const frame of this.#reader.owed()) this.#kept.push({ frame, counted: undefined })
  }

  #event(frame: Buffer, event: Json, emit: Emit): void {
    const seen = this.#reader.event(event)
    if ((seen.sees & Sees.Failure) !== 0) {
      emit(EMPTY, seen.sees, seen.facts)
      return
    }
    if ((seen.sees & Sees.Output) !== 0) {
      this.#delivered.add(seen.words === undefined ? 0 : 1, lengthOfWords(seen.words))
      this.#said = true
      this.#learn(frame, event['type'])
    }
    if (this.#hidesUsage && seen.isUsageAlone === true) {
      emit(EMPTY, seen.sees, seen.facts)
      return
    }
    const named = this.#named(frame, event, seen)
    this.#last = named
    if ((seen.sees & Sees.Finish) !== 0) this.#finished = true
    if (this.#finished) {
      this.#kept.push({ frame: named, counted: seen.counted })
      emit(EMPTY, seen.sees, seen.facts)
    } else emit(named, seen.sees, seen.facts)
    if (seen.isLast === true) this.#close(emit)
  }

  /** An end mark of chat's, which some send behind events of any kind. */
  #done(frame: Buffer, emit: Emit): void {
    if (this.#finished) this.#kept.push({ frame, counted: undefined })
    this.#close(emit)
  }

  #close(emit: Emit): void {
    this.#over = true
    emit(EMPTY, Sees.Done)
  }

  #learn(frame: Buffer, type: unknown): void {
    const mark = typeof type === 'string' ? markOf(frame, type, this.#api) : undefined
    if (mark !== undefined) this.#known = [mark, ...this.#known].slice(0, MOST_MARKS)
  }

  /** Whether it goes by the caller's names already, as it does where a model has no other. */
  #isNamed(event: Json, head: readonly string[]): boolean {
    let place: unknown = event
    for (const name of head) place = isRecord(place) ? place[name] : undefined
    return this.#target.seal === undefined && isRecord(place) && place['model'] === this.#target.model
  }

  #named(frame: Buffer, event: Json, { head }: EventSeen): Buffer {
    if (head === undefined || this.#isNamed(event, head)) return frame
    const at = dataAt(frame)
    if (at === undefined) return frame
    const found = findObject(at.data, head)
    return found === undefined ? frame : edited(frame, at, nameEdits(at.data, found, this.#target))
  }
}

/** Whether a frame is beyond doubt an event of one of the types: it may be as long as the whole answer, and is not parsed to know it. */
const isOneOf = (frame: Buffer, types: readonly string[]): boolean =>
  types.some((type) => standsAt(frame, headOf(type), 0)) &&
  frame.indexOf(LF, frame.indexOf(LF) + 1) === frame.length - 2

/** How an event of a type begins, as nearly all upstreams write it. */
function headOf(type: string): Buffer {
  const known = heads.get(type)
  if (known !== undefined) return known
  const head = Buffer.from(`event: ${type}\ndata: {"type":"${type}"`)
  heads.set(type, head)
  return head
}

/** Of the types that the APIs name, each made once. */
const heads = new Map<string, Buffer>()

/** @returns `undefined` for an event that is no words, or whose words cannot be found beyond doubt. */
function markOf(frame: Buffer, type: string, { words, numbersEvents }: NativeApi): WordsMark | undefined {
  const fields = Object.hasOwn(words, type) ? (words[type] ?? []) : []
  const place = fields.map((field) => wordsIn(frame, field)).find((found) => found !== undefined)
  if (place === undefined) return undefined
  const head = numbersEvents ? headOf(type) : frame.subarray(0, place.start)
  if (!standsAt(frame, head, 0)) return undefined
  const besides = frame.length - (place.end - place.start)
  return { head: new FixedBytes(head), besides, twin: twinOf(frame, place.field, frame), unlike: 0 }
}

const standsAt = (chunk: Buffer, bytes: Buffer, at: number): boolean =>
  at + bytes.length <= chunk.length && chunk.compare(bytes, 0, bytes.length, at, at + bytes.length) === 0

/** Where the words of a field stand: its name's bytes cannot occur inside a JSON string, where quotes are escaped. */
function wordsIn(frame: Buffer, field: string): { field: string; start: number; end: number } | undefined {
  const name = `"${field}":"`
  const at = frame.indexOf(name)
  if (at === -1 || frame.indexOf(name, at + 1) !== -1) return undefined
  const start = at + name.length
  const end = stringEnd(frame, start - 1)
  return end === -1 ? undefined : { field, start, end: end - 1 }
}

/** The last of several events that end each with a blank line. */
function lastFrameOf(frames: Buffer): Buffer {
  const end = frames.lastIndexOf(BLANK_LINE, -BLANK_LINE.length - 1)
  return end === -1 ? frames : frames.subarray(end + BLANK_LINE.length)
}

interface DataAt {
  readonly data: Buffer
  readonly offset: number
}

/** The data of a frame that has it in one line. */
function dataAt(frame: Buffer): DataAt | undefined {
  const data = dataOf(frame)
  return data && { data, offset: data.byteOffset - frame.byteOffset }
}

function edited(frame: Buffer, { offset }: DataAt, edits: readonly Edit[]): Buffer {
  if (edits.length === 0) return frame
  return join(
    splice(
      frame,
      edits.map(({ start, end, text }) => ({ start: start + offset, end: end + offset, text })),
    ),
  )
}

/** Data over several lines is put into one, so that something can be replaced in it. */
function inOneLine(frame: Buffer, data: Buffer, event: Json): Buffer {
  if (!data.includes(LF)) return frame
  const { type } = event
  return typeof type === 'string' ? typedFrame({ ...event, type }) : jsonFrame(event)
}

/** The frame with what its answer cost. */
function priced(bytes: Bytes, path: readonly string[], counted: CountedUsage): Bytes {
  const frame = asBuffer(bytes)
  const at = dataAt(frame)
  const found = at && findObject(at.data, path)
  if (at === undefined || found === undefined) return frame
  const span = findMember(found, 'usage')
  const told = span && objectOf(at.data.subarray(span.start, span.end))
  const { usageJson, cost } = counted
  const addition = JSON.stringify(cost).slice(1, -1)
  if (span !== undefined && told !== undefined && usageJson === undefined && !hasCost(told)) {
    if (addition === '') return frame
    const brace = span.end - 1
    const text = Object.keys(told).length === 0 ? addition : `,${addition}`
    return edited(frame, at, [{ start: brace, end: brace, text }])
  }
  if (told === undefined && usageJson === undefined) return frame
  const { cost: _cost, cost_details: _details, ...counts } = told ?? {}
  return edited(frame, at, [setFound(found, 'usage', JSON.stringify({ ...counts, ...usageJson, ...cost }))])
}

/** A gateway upstream has put its own price there, which is not the one our customer pays. */
const hasCost = (usage: Json): boolean => 'cost' in usage || 'cost_details' in usage

const objectIn = (frame: Buffer): Json | undefined => {
  const data = dataOf(frame)
  return data && objectOf(data)
}

function objectOf(data: Buffer): Json | undefined {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

const parse = objectOf
