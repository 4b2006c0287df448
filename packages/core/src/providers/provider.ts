import type { Failure } from '../failure.ts'
import type { PicoUsd } from '../money.ts'
import type { Bytes, Headers, UpstreamRequest } from '../transport.ts'
import type { Usage } from '../usage.ts'
import type { SpekaError } from '../errors.ts'
import type { Json } from '../json.ts'
import type { Call, CallOf } from '../operations/call.ts'
import type { ChatCall } from '../operations/chat/chat-call.ts'
import type { ChatExtras } from '../operations/chat/chat-extras.ts'
import type { FinishReason } from '../operations/chat/chat.ts'
import type { OperationName } from '../wire/operation-name.ts'
import type { Span } from '../bytes/scan-object.ts'
import type { Cutter } from '../bytes/frames.ts'
import type { Edit } from '../bytes/splice.ts'
import type { NativeDialect } from '../wire/dialect-name.ts'
import type { KeptQuestion } from '../wire/kept-question.ts'

/** What a provider must know of the target it translates for. */
export interface TranslationTarget {
  /** The catalog id, which the caller sees as `model`. */
  readonly model: string
  /** What the upstream calls the model. */
  readonly upstreamModel: string
  /** Models that the upstream itself shall fall back to: set for a gateway upstream only. */
  readonly fallbackModels?: readonly string[] | undefined
  /** The length of the model's vectors, where it is known. */
  readonly dimensions?: number | undefined
  /** Whether the model goes on with a last turn of its own, where the catalog says. Default: what is known of its maker. */
  readonly prefill?: boolean | undefined
  /** Under which id something leaves that the upstream keeps under its own. Default: under the same. */
  readonly seal?: ((upstreamId: string) => string) | undefined
}

/** An upstream's whole reply. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: Bytes
}

/** What a frame was seen to carry, as bits: one frame may carry several. */
export const Sees = {
  /** Nothing the caller would miss. */
  Nothing: 0,
  /** The speaker's role, ahead of any words. */
  Role: 1,
  /** Real output: text, reasoning or a tool call. */
  Output: 2,
  /** The reason why a choice ended. */
  Finish: 4,
  Usage: 8,
  Failure: 16,
  /** The end mark. */
  Done: 32,
} as const

/** What was learnt from a frame besides its bits. */
export interface FrameFacts {
  readonly usage?: Usage
  /** The usage object as the caller will see it, before its cost is added. */
  readonly usageJson?: Readonly<Record<string, unknown>>
  readonly failure?: Failure
  readonly finishReason?: FinishReason
  /** The upstream's id of the answer. */
  readonly id?: string
  /** The upstream's time of the answer, in s since the epoch. */
  readonly created?: number
  /** Which model answered, and for what price, where the upstream is a gateway that chose by itself. */
  readonly model?: string
  readonly charge?: PicoUsd
}

/** Hands on one OpenAI-shaped event with its blank line, or several that are output alike, or no bytes when the frame only taught something. */
export type Emit = (frame: Bytes, sees: number, facts?: FrameFacts) => void

/** Translates one stream. It may relay, splice, drop or split frames. */
export interface FrameTranslator {
  /**
   * About how many tokens of output were handed on so far, for when nobody counts better. Default: one for each event that is
   * output.
   */
  readonly outputTokens?: number
  /** The tier in which the upstream says it serves the request. Default: it says so with its usage, or not at all. */
  readonly serviceTier?: string | undefined
  /**
   * What the upstream has counted so far, where it counts along with every event: asked for once, when no more will come.
   * Default: counts are handed on as they come.
   */
  readonly counted?: FrameFacts | undefined
  frame(upstream: Buffer, emit: Emit): void
  /**
   * Takes as many whole frames as it can together, without having them cut: those that stand in `chunk` from `start` on
   * and are plain output like others before.
   *
   * @returns where the last of them ends; `start` when there is none.
   */
  run?(chunk: Buffer, start: number, emit: Emit): number
  /** The upstream closed the stream in good order. */
  end(emit: Emit): void
}

/** One thing to do on the way to an answer. */
export type Step =
  | {
      readonly send: UpstreamRequest
      /**
       * An address that the upstream gave, in place of its own: `send.path` counts from this origin. It gets the credential
       * only when it is the provider's own host, or one of its {@link Provider.hosts}.
       */
      readonly to?: URL
    }
  | { readonly waitMs: number }

/** A JSON answer: the upstream's bytes, and what must change in them before the caller gets it. */
export interface Answer {
  readonly body: Bytes
  readonly edits: readonly Edit[]
  readonly id?: string | undefined
  readonly finishReason?: FinishReason | undefined
  /** Which model answered, and for what price, where the upstream is a gateway that chose by itself. */
  readonly model?: string | undefined
  readonly charge?: PicoUsd | undefined
  readonly usage: Usage
  /** The usage object and where it stands in `body`, for its cost to be added; `undefined` when there is none. */
  readonly usageJson: Readonly<Record<string, unknown>> | undefined
  readonly usageAt: Span | undefined
  /** Whether `usageJson` is what stands there, so that only the cost is to be added. Default: it may differ. */
  readonly usageIsAsSent?: boolean | undefined
  /** What it is, when it is not JSON: it then goes on under this type, and has no usage in it. Default: it is JSON. */
  readonly contentType?: string | undefined
  /** About how many tokens it has, for when the upstream did not count them. Default: what the words of its choices come to. */
  readonly outputTokens?: (() => number) | undefined
}

export interface StreamRequest {
  readonly request: UpstreamRequest
  readonly translator: FrameTranslator
  /** Shapes a whole JSON answer into frames, for an upstream that was asked to stream and did not. */
  readonly fromAnswer: (body: Bytes, emit: Emit) => void
  /** Whether an event may hold a picture, which is longer than any words. Default: as the operation has it. */
  readonly holdsPictures?: boolean
  /** How it is cut into events where it comes in a framing of its own. Default: as server-sent events. */
  readonly framing?: Framing
  /** How a stream ends that is not translated into chat. Default: as chat does. */
  readonly ownEnd?: OwnEnd
}

/** Another framing than that of server-sent events, which its events have once they are cut. */
export interface Framing {
  /** What a reply in it is called. */
  readonly contentType: string
  /** @param limit the longest event, in bytes. */
  cutter(limit?: number): Cutter
}

/** How a stream in another dialect than chat ends. Its translator keeps the events from the finish on to itself. */
export interface OwnEnd {
  /** Those events, with what the answer cost. */
  whole(counted: CountedUsage): readonly Bytes[]
  /** The events that end the request of that id when it broke off. None of them can be taken for success. */
  broken(error: SpekaError, requestId: string): Bytes
}

/** What is told of an answer's usage at its end. */
export interface CountedUsage {
  /** The usage object, where it is not as the upstream counted; `undefined`: it is. */
  readonly usageJson: Json | undefined
  /** What is added to it about the cost: nothing when that is not known. */
  readonly cost: Json
}

/** How an answer is asked for that is neither JSON nor events, such as a sound. */
export interface BytesRequest {
  readonly request: UpstreamRequest
  /** What its content type may be. A success of another type is none. */
  readonly types: RegExp
  /** What its headers tell of usage. Default: nothing. */
  usage?(headers: Headers): Usage
}

/** How a provider serves one operation. */
export interface ProviderOperation<Asked extends Call = Call> {
  /** Yields what to send and receives each reply. Most yield once; submit, poll, download is the same shape. */
  answer(call: Asked, target: TranslationTarget): Generator<Step, Answer, Reply>
  /** Without it, or where it returns `undefined`, a caller who wants a stream gets the whole answer as one. */
  stream?(call: Asked, target: TranslationTarget): StreamRequest | undefined
  /** Where it returns something, the answer is bytes, relayed as they come. Default: it is JSON, or events. */
  bytes?(call: Asked, target: TranslationTarget): BytesRequest | undefined
  /** The call's parameters that this target cannot take, by name: what is sent leaves them out. Default: none. */
  unsupported?(call: Asked, target: TranslationTarget): readonly string[]
  /**
   * The same call, to be answered from where an answer broke off; `undefined`: not possible with this target. Default: it is
   * not possible.
   */
  continuation?(call: Asked, said: string, target: TranslationTarget): Asked | undefined
}

/** How a provider answers in a dialect that is not chat, to a caller who speaks it: as little changed as possible. */
export interface NativeOperation extends ProviderOperation<ChatCall> {
  /** Usage as the dialect tells it, for counts that are not the upstream's own. */
  writeUsage(usage: Usage): Json
  /** How it is asked for how many tokens a request of the dialect has. Default: it does not count them beforehand. */
  readonly counting?: Counting | undefined
}

/** How an upstream is asked for how many tokens a request has before it is sent, which costs nothing. */
export interface Counting {
  request(call: ChatCall, target: TranslationTarget): UpstreamRequest
  /** Where the number is in the answer. Default: in `input_tokens`, and the answer is what the caller's dialect has for it. */
  read?(answer: Json): unknown
}

/** How an upstream is asked about the responses that it keeps. */
export interface KeptApi {
  /**
   * @param id what the upstream calls it.
   * @param query what the caller asks of the answer, as it stands behind the `?`; empty: nothing.
   */
  request(question: KeptQuestion, id: string, query: string): UpstreamRequest
}

/** What an upstream can be asked for, and how. What is not there it does not offer. */
export type ProviderOperations = { readonly [Name in OperationName]?: ProviderOperation<CallOf<Name>> }

/**
 * A kind of upstream: pure translation between OpenAI's shapes and its own. What it implements is what it offers.
 * A reply it cannot use is thrown as a {@link BadReplyError}. Retrying, timing, pricing and recording happen above it.
 */
export interface Provider extends ProviderOperations {
  readonly type: string
  /** Whether the upstream is a gateway that retries and falls back by itself, so that one attempt here is enough. */
  readonly routesItself?: boolean
  /** The other dialects of chat that it speaks: what is asked in one of them goes through, and its answer comes back, as it is. */
  readonly native?: Readonly<Partial<Record<NativeDialect, NativeOperation>>>
  /** What it takes of a chat request that others refuse, by what it calls the model. Default: nothing. */
  chatExtras?(upstreamModel: string): ChatExtras | undefined
  /** How it is asked for the tokens of a request that it is asked in chat. Default: it does not count them beforehand. */
  readonly counting?: Counting
  /** How it is asked about the responses that it keeps. Default: it keeps none. */
  readonly kept?: KeptApi
  /** Hosts beside its own that may have the credential. `*` stands for one part of a name: `api.*.example.com`. */
  readonly hosts?: readonly string[]
  /**
   * How one of its models is spoken to, where they are not all alike: asked once for a target, by what the upstream calls the
   * model. Default: as this says.
   */
  forModel?(upstreamModel: string): Provider
  /** What a reply that is not a success means. */
  classify(reply: Reply): Failure
}
