import type { Bytes } from '../transport.ts'
import type { Unit } from '../units.ts'
import type { Usage } from '../usage.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import type { FormBody } from '../wire/form/form-body.ts'
import type { InTokens, Tokenizer } from '../wire/in-tokens.ts'
import type { BodyAids } from '../wire/parse-body.ts'
import type { Call } from './call.ts'
import type { ChatExtras } from './chat/chat-extras.ts'
import type { NativeRequest } from './chat/native-request.ts'

/** How large a call is, as far as can be told before it is made. */
export interface CallSize {
  /** Tokens of the prompt: an estimate on the high side. */
  readonly inputTokens: number
  /** Tokens of the answer that the caller allows; `undefined`: no limit was set. For embeddings there are none. */
  readonly outputTokens: number | undefined
  /** Images asked for; `undefined`: this is not about images. */
  readonly images: number | undefined
  /** Search units that it takes at the most. Default: nobody can tell, or none. */
  readonly searches?: number | undefined
  /** Seconds of sound that it has at the most. Default: this is not about sound. */
  readonly seconds?: number | undefined
  /** Characters to be spoken, at the most. Default: there are none. */
  readonly characters?: number | undefined
}

/** A usage object as callers see it. */
export type UsageJson = Readonly<Record<string, unknown>>

/** The end of a stream, to be written once it is known what it cost. */
export interface StreamEnd {
  /** The upstream's last frames: the finish, and what came with it. */
  readonly frames: readonly Bytes[]
  /** What the answer consumed and what it cost; `undefined`: nobody knows. */
  readonly usage: () => UsageJson | undefined
  readonly id: string
  /** Seconds since the epoch. */
  readonly created: number
  /** The catalog id of the model that answered. */
  readonly model: string
}

/** What is peculiar to an operation's streams. */
export interface StreamTraits {
  /** Whether an event may hold a picture, which is longer than any words. Default: none does. */
  readonly holdsPictures?: boolean
  /** Whether nothing may come for as long as the whole answer takes. Default: silence means trouble. */
  readonly mayBeSilent?: boolean
  /** Whether another target can go on where one broke off, since all that was said is words. Default: none can. */
  readonly canContinue?: boolean
  /** Whether it can be told as it comes how many tokens it has at the most, since it is words alone. Default: it cannot. */
  readonly isMetered?: boolean
}

/** Who is asked, as far as what it puts before a prompt by itself depends on it. */
export interface AskedTarget {
  readonly adapter: {
    readonly type: string
    readonly routesItself?: boolean | undefined
    readonly native?: object | undefined
  }
  /** What it calls the model. */
  readonly upstreamModel: string
}

/**
 * What a model can be asked for, and all that is peculiar to it. Whoever handles a call asks its row in
 * {@link operations}, and never which operation it is.
 */
export interface Operation<Asked extends Call = Call> {
  /** Where callers find it, the usual path first. */
  readonly paths: readonly [string, ...string[]]
  /**
   * Makes a call of a body. Input in tokens is left for the caller to spell out.
   *
   * @throws SpekaError when it makes no sense.
   */
  read(body: Bytes, facts: CallFacts, aids: BodyAids): Asked | InTokens<Asked>
  /**
   * Makes a call of a form, whose files are not read: `call.form` is what is sent on. Default: it takes JSON alone.
   *
   * @throws SpekaError when it makes no sense.
   */
  readForm?(form: FormBody, facts: CallFacts): Asked
  /**
   * Makes the same call of an object.
   *
   * @throws SpekaError when it makes no sense.
   */
  write(request: Readonly<Record<string, unknown>>, facts: CallFacts, tokenizer?: Tokenizer): Asked
  /** The field by which a request is known to be for it, wherever it is sent. */
  readonly tellingField: string
  /** The least that a request says besides its model, with `text` for its words. */
  saying(text: string): Readonly<Record<string, unknown>>

  /** What its answers may be counted in, which is what a price for it can be made of. */
  readonly units: readonly Unit[]
  /** Whether it costs nothing where no price is given, since those who have it ask none. Default: what it costs is then unknown. */
  readonly isFree?: boolean
  /** How large a call is before it is made, told by the length of its body. */
  size(call: Asked): CallSize
  /** How many answers a call asks for at once, each as long as it allows. */
  choices(call: Asked): number
  /**
   * How many tokens of context a call is likely to take, its answer included as far as the caller has limited it. Lower than
   * {@link size} says: to be wrong here would keep a call from a model that can answer it. Default: it fits any model.
   */
  contextTokens?(call: Asked): number
  /** The same call, whose answer may have so many tokens and no more. Default: its answers have no length to limit. */
  limitedTo?(call: Asked, outputTokens: number): Asked
  /** The same call without what is not needed once its answer has begun. Default: all of it stays. */
  lettingGo?(call: Asked): Asked

  /** The most tokens that the prompt can have; `Infinity`: the call alone does not tell. */
  mostInputTokens(call: Asked): number
  /**
   * The same looked at more closely, which takes longer: for where money is short. Default: it cannot be.
   *
   * @param targets who may be asked.
   */
  closerInputTokens?(call: Asked, targets: readonly AskedTarget[]): number
  /**
   * The most tokens that an answer can have, all choices together.
   *
   * @param window how many tokens the model holds; `undefined`: nobody said.
   * @param reasoningTokens how many of them went into reasoning: some upstreams do not count those against the caller's limit.
   */
  mostOutputTokens(call: Asked, window: number | undefined, reasoningTokens: number): number
  /** The most images that it can be answered with. Default: none. */
  mostImages?(call: Asked): number
  /** The most search units that it can take. Default: as many as any answer may. */
  mostSearches?(call: Asked): number
  /** The most seconds of sound that it can have. Default: as many as any recording may. */
  mostSeconds?(call: Asked): number
  /** The most characters that it can have spoken. Default: one for each of its bytes. */
  mostCharacters?(call: Asked): number
  /**
   * Usage with what the provider left out filled in and marked as an estimate. The very same object when nothing is missing.
   *
   * @param outputTokens a count of the output, asked for only when it is needed.
   */
  completeUsage(usage: Usage, call: Asked, outputTokens: () => number): Usage
  /** The same for a stream that did not come to its end, of which `outputTokens` were delivered. */
  usageSoFar(usage: Usage, call: Asked, outputTokens: number): Usage
  /** Usage as a caller of this operation is told it. */
  usageJson(usage: Usage): UsageJson

  /** What the caller sent, when it speaks another dialect: the body is then a translation. Default: it does not. */
  native?(call: Asked): NativeRequest | undefined
  /** What the caller sent and the operation's own shape has no word for, by name: not in the body. Default: nothing. */
  leftOut?(call: Asked): readonly string[] | undefined
  /** The same call as a target takes it that takes more of it than all do. Default: all targets take the same. */
  fitted?(call: Asked, extras: ChatExtras): Asked
  /** Whether a call ends with the model's own words, to be gone on with. Default: it does not. */
  endsWithPrefill?(call: Asked): boolean

  readonly stream?: StreamTraits
  /** A whole answer as the events that a caller of a stream asked for. Default: it is handed over as it is. */
  asEvents?(body: Buffer): readonly Bytes[]
  /** The last events of a stream, its end mark included. */
  endStream(end: StreamEnd, call: Asked): readonly Bytes[]
}
