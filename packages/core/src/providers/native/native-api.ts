import type { SpekaError } from '../../errors.ts'
import type { Json } from '../../json.ts'
import type { NativeRequest } from '../../operations/chat/native-request.ts'
import type { FinishReason } from '../../operations/chat/chat.ts'
import type { Bytes, Headers } from '../../transport.ts'
import type { Usage } from '../../usage.ts'
import type { FrameFacts, TranslationTarget } from '../provider.ts'

/** What must be known of a dialect to let it through: who answers, what it costs, and whether it is whole. */
export interface NativeApi {
  readonly path: string
  /** Where a host has it at paths of its own. Default: at `path`, and `model` of the body names the model. */
  readonly place?: NativePlace
  /**
   * Refuses what a model is known to refuse, so that another target may be asked. Default: it takes whatever it is asked.
   *
   * @throws SpekaError `unsupported_parameter`
   */
  readonly refuse?: ((native: NativeRequest, target: TranslationTarget) => void) | undefined
  /** Where the tokens of a request are counted before it is sent. Default: nowhere. */
  readonly countingPath?: string | undefined
  /** What the upstream must be told beside the usual. What the caller sent under these names takes their place. */
  readonly headers: Headers
  /** Events that hold words, by the type of each, and the fields in which its words may be. */
  readonly words: Readonly<Record<string, readonly string[]>>
  /** The types of events that tell once more, whole, what was told in pieces. */
  readonly repeats: readonly string[]
  /** The types of events that say nothing at all, whenever they come. Default: none is known for it. */
  readonly silent?: readonly string[]
  /** The types of events that tell the head of the answer and nothing else, one after the other. Default: there is but one. */
  readonly begins?: readonly string[]
  /** Events that hold the whole answer again, of which little is needed: what of each is read, by type. Default: all of every event. */
  readonly partly?: Readonly<Record<string, PartRead>>
  /** Whether a stream tells usage to those alone who ask for it in `stream_options`. Default: it tells it to all. */
  readonly tellsUsageIfAsked?: boolean
  /** Whether an event may hold more than a megabyte. */
  readonly holdsPictures: boolean
  /** Begins to read a stream. */
  read(target: TranslationTarget): EventReader
  /**
   * Reads a whole answer.
   *
   * @throws BadReplyError when it is none.
   */
  answer(body: Json): WholeAnswer
  writeUsage(usage: Usage): Json
}

/** What of an event is read. */
export interface PartRead {
  /** The object that is all there is in it, but for its type and its number. */
  readonly holder: string
  /** The members of that object that are read. */
  readonly members: readonly string[]
}

/** Where a call is asked at a host that wants models named in its paths. */
export interface NativePlace {
  /** What it must be told when a stream is wanted. Default: nothing that is unusual. */
  readonly streamHeaders?: Headers
  path(target: TranslationTarget, stream: boolean): string
  /**
   * What stands in the body in place of what the caller has there; `undefined`: that may not be there.
   *
   * @param headers the caller's, as far as they belong to the dialect.
   */
  members(target: TranslationTarget, headers?: Headers): Json
  /** How tokens are counted there. Default: they are not. */
  readonly counting?: CountingPlace
}

/** How the tokens of a request are counted at such a host. */
export interface CountingPlace {
  path(target: TranslationTarget): string
  /** What stands in the body beside what {@link NativePlace.members} has there. Default: nothing. */
  members?(target: TranslationTarget): Json
  /** The request as it would be sent, put into another. Default: it is sent as it is. */
  wrap?(body: readonly Bytes[]): Bytes
  /** Where the number is in the answer. Default: where the dialect has it. */
  read?(answer: Json): unknown
}

/** What a whole answer says. */
export interface WholeAnswer {
  readonly id: string | undefined
  readonly finishReason: FinishReason | undefined
  readonly usage: Usage
  /** What it says in words, wherever that stands. */
  readonly words: unknown
}

/** Reads the events of one stream, but for those that are words like others before. */
export interface EventReader {
  event(event: Json): EventSeen
  /** The events that are owed to the caller when the upstream closes behind the finish. */
  owed(): readonly Bytes[]
  /**
   * The events that end the stream when it broke off.
   *
   * @param last the last event that went through.
   * @param head the event that told the head of the answer, whole. Only of a dialect that has `begins`.
   */
  broken(error: SpekaError, requestId: string, last: Json | undefined, head: Json | undefined): Bytes
}

/** What was seen in an event. */
export interface EventSeen {
  /** As bits of `Sees`. */
  readonly sees: number
  readonly facts?: FrameFacts
  /** What of it is words. */
  readonly words?: unknown
  /** The object in it that names the model, by the members that lead there. */
  readonly head?: readonly string[]
  /** The object in it that has the usage to be charged. */
  readonly counted?: readonly string[]
  /** Whether it tells usage and nothing else: nobody gets it who has not asked for it. */
  readonly isUsageAlone?: boolean
  /** Whether nothing follows it. */
  readonly isLast?: boolean
}

export const NOTHING_SEEN: EventSeen = { sees: 0 }
