import { dataOf, isDone, jsonFrame, typedFrame } from '../../bytes/frames.ts'
import { typedEvent, type TypedEvent } from '../../bytes/typed-event.ts'
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
import { edited, endEvent, findInEvent, type EventAt, type Path } from './edit-event.ts'
import { KnownWords } from './known-words.ts'
import { nameEdits } from './name-edits.ts'
import { readPartly } from './read-partly.ts'
import type { EventReader, EventSeen, NativeApi } from './native-api.ts'

const EMPTY = Buffer.alloc(0)
const LF = 0x0a
const BLANK_LINE = Buffer.from('\n\n')

/** An event that is kept back from the finish on, as the caller gets it. */
type Kept = (counted: CountedUsage) => Bytes

/** How an event ended that told the head of the answer, as it came and as the caller got it. */
interface HeadTold {
  readonly came: Buffer
  readonly went: Buffer
}

/** So many kinds of words are told apart at a time: what a model thinks, says and has called. */
const MOST_KINDS = 4

/**
 * Lets a stream through event by event. Words go on unread once there has been an event of their kind, and what repeats them
 * whole once anything was said; of all others it is learnt what they are. The model is called by the name that the caller knows, and the cost is added where usage is told.
 */
export class PassThroughStream implements FrameTranslator {
  readonly #target: TranslationTarget
  readonly #reader: EventReader
  readonly #api: NativeApi
  readonly #delivered = new TokenCount()
  readonly #kept: Kept[] = []
  /** The kinds of words that there have been, the latest first. */
  #known: readonly KnownWords[] = []
  /** What went through last: one event, or several. */
  #last: Buffer | undefined
  /** The event that told the head, as it came. */
  #begun: Buffer | undefined
  /** Until anything is said, which is when the head is told, and told again. */
  #head: HeadTold | undefined
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
    whole: (counted) => this.#kept.map((kept) => kept(counted)),
    broken: (error, requestId) =>
      this.#reader.broken(
        error,
        requestId,
        this.#last && objectIn(lastFrameOf(this.#last)),
        this.#begun && objectIn(this.#begun),
      ),
  }

  run(chunk: Buffer, start: number, emit: Emit): number {
    if (this.#finished || this.#over) return start
    for (const kind of this.#known) {
      const end = kind.run(chunk, start, this.#delivered)
      if (end === start) continue
      const run = start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end)
      this.#last = run
      emit(run, Sees.Output)
      return end
    }
    return start
  }

  frame(frame: Buffer, emit: Emit): void {
    if (this.#over || this.run(frame, 0, emit) > 0) return
    const typed = typedEvent(frame)
    const unread = typed === undefined || this.#finished ? undefined : this.#unread(frame, typed)
    if (unread !== undefined) {
      this.#last = unread
      emit(unread, Sees.Nothing)
      return
    }
    const data = typed === undefined ? dataOf(frame) : frame.subarray(typed.dataStart, frame.length - 2)
    if (data === undefined) return
    const partly = typed && readPartly(frame, typed, this.#api.partly)
    if (partly !== undefined) {
      this.#event({ frame, typed, held: partly.held }, partly.event, emit)
      return
    }
    const event = objectOf(data)
    if (event !== undefined) this.#event(inOneLine({ frame, typed }, data, event), event, emit)
    else if (isDone(data)) this.#done(frame, emit)
    else emit(frame, Sees.Failure, { failure: badReply('sent an event that is not a JSON object') })
  }

  /** What the caller gets of an event from which there is nothing to be learnt, by its type; `undefined`: there may be. */
  #unread(frame: Buffer, { type }: TypedEvent): Buffer | undefined {
    const { repeats, silent = [], begins = [] } = this.#api
    if (silent.includes(type) || (this.#said && repeats.includes(type))) return frame
    return this.#head === undefined || !begins.includes(type) ? undefined : toldAgain(frame, this.#head)
  }

  end(): void {
    // What a close means is for the attempt to judge; the events that are owed behind a finish follow it.
    if (this.#finished && !this.#over) for (const frame of this.#reader.owed()) this.#kept.push(() => frame)
  }

  #event(at: EventAt, event: Json, emit: Emit): void {
    const seen = this.#reader.event(event)
    const { sees, facts } = seen
    if ((sees & Sees.Failure) !== 0) {
      emit(EMPTY, sees, facts)
      return
    }
    if ((sees & Sees.Output) !== 0) {
      this.#delivered.add(seen.words === undefined ? 0 : 1, lengthOfWords(seen.words))
      this.#said = true
      this.#head = undefined
      this.#learn(at)
    }
    if (this.#hidesUsage && seen.isUsageAlone === true) {
      emit(EMPTY, sees, facts)
      return
    }
    if ((sees & Sees.Finish) !== 0) this.#finished = true
    if (seen.isLast === true && !this.#finished) {
      // An end mark of an answer that has broken off: to its caller it would be whole.
      emit(EMPTY, sees, facts)
    } else if (this.#finished) {
      this.#keep(at, event, seen)
      emit(EMPTY, sees, facts)
    } else {
      // A copy: what else came with it goes.
      if (seen.head !== undefined && this.#api.begins !== undefined) this.#begun = Buffer.from(at.frame)
      const named = this.#named(at, event, seen.head)
      this.#last = named
      emit(named, sees, facts)
    }
    if (seen.isLast === true) this.#close(emit)
  }

  /** An end mark of chat's, which some send behind events of any kind. */
  #done(frame: Buffer, emit: Emit): void {
    if (this.#finished) this.#kept.push(() => frame)
    this.#close(emit)
  }

  #close(emit: Emit): void {
    this.#over = true
    emit(EMPTY, Sees.Done)
  }

  #keep(at: EventAt, event: Json, { head, counted }: EventSeen): void {
    this.#last = at.frame
    const renamed = head === undefined || this.#isNamed(event, head) ? undefined : head
    const holder = counted && memberAt(event, counted)
    const usage = isRecord(holder) ? holder['usage'] : undefined
    this.#kept.push((told) => endEvent(at, { renamed, counted, usage }, this.#target, told))
  }

  #learn({ frame, typed }: EventAt): void {
    const { words } = this.#api
    if (typed === undefined || !Object.hasOwn(words, typed.type)) return
    const kind = KnownWords.of(frame, typed.rest, words[typed.type] ?? [])
    if (kind !== undefined) this.#known = [kind, ...this.#known].slice(0, MOST_KINDS)
  }

  /** Whether it goes by the caller's names already, as it does where a model has no other. */
  #isNamed(event: Json, head: Path): boolean {
    const place = memberAt(event, head)
    return this.#target.seal === undefined && isRecord(place) && place['model'] === this.#target.model
  }

  #named(at: EventAt, event: Json, head: Path | undefined): Buffer {
    if (head === undefined || this.#isNamed(event, head)) return at.frame
    const found = findInEvent(at, head)
    if (found === undefined) return at.frame
    const named = edited(at.frame, nameEdits(at.frame, found, this.#target))
    if (!this.#said && this.#api.begins !== undefined) this.#head = headTold(at.frame, named, found.offset, head)
    return named
  }
}

/** From where the head is named: what stands there can be nothing else, since quotes are escaped within strings. */
function headTold(came: Buffer, went: Buffer, offset: number, head: Path): HeadTold | undefined {
  const key = `"${head.at(-1) ?? ''}":`
  const start = offset - key.length
  const isThere = head.length === 1 && start > 0 && came.toString('latin1', start, offset) === key
  if (!isThere) return undefined
  const tail = came.subarray(start)
  return { came: tail, went: went === came ? tail : went.subarray(start) }
}

/** An event whose end is the head as it was told before; `undefined`: it ends otherwise. */
function toldAgain(frame: Buffer, { came, went }: HeadTold): Buffer | undefined {
  const start = frame.length - came.length
  if (start <= 0 || frame.compare(came, 0, came.length, start, frame.length) !== 0) return undefined
  return came === went ? frame : Buffer.concat([frame.subarray(0, start), went])
}

/** The last of several events that end each with a blank line. */
function lastFrameOf(frames: Buffer): Buffer {
  const end = frames.lastIndexOf(BLANK_LINE, -BLANK_LINE.length - 1)
  return end === -1 ? frames : frames.subarray(end + BLANK_LINE.length)
}

/** Data over several lines is put into one, so that something can be replaced in it. */
function inOneLine(at: EventAt, data: Buffer, event: Json): EventAt {
  if (at.typed !== undefined || !data.includes(LF)) return at
  const { type } = event
  const frame = typeof type === 'string' ? typedFrame({ ...event, type }) : jsonFrame(event)
  return { frame, typed: typedEvent(frame) }
}

function memberAt(event: Json, path: Path): unknown {
  let place: unknown = event
  for (const name of path) place = isRecord(place) ? place[name] : undefined
  return place
}

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
