import { createEngine, type ConfiguredEngine, type World } from './create-engine.ts'
import type { GatewayConfig } from './config.ts'
import { readCompletions, writeCompletions } from './dialects/completions/completions.ts'
import type { Dialect } from './dialects/dialect.ts'
import { readCompaction } from './dialects/responses/compaction.ts'
import { readResponses, writeResponses } from './dialects/responses/responses.ts'
import { collect, type CollectedAnswer } from './front/collect.ts'
import { createFetch, type FetchParts } from './front/fetch.ts'
import { interpret } from './front/in-dialect.ts'
import { iterateFrames, type Settle } from './front/iterate.ts'
import { ofRequest, SpekaError } from './errors.ts'
import { formatUsd, readUsd, type PicoUsd } from './money.ts'
import type { Layers } from './layers/compose-layers.ts'
import type { AttemptRecord, UsageRecord } from './meter/usage-record.ts'
import type { GatewayLimit } from './limits/gateway-limit.ts'
import type { LimitStanding } from './limits/limit-standing.ts'
import { modelsOfCall } from './limits/models-of-call.ts'
import { ownLimits } from './limits/own-limits.ts'
import { modelEntry } from './route/list-models.ts'
import { mintRequestId, type RequestId } from './uuid.ts'
import type { CallFacts } from './wire/call-facts.ts'
import { isCallerName, MOST_NAME_CHARACTERS } from './wire/caller-name.ts'
import { writeChatCall } from './operations/chat/chat-call.ts'
import type { Call } from './operations/call.ts'
import type { ChatChunk, ChatCompletion, ChatRequest } from './operations/chat/chat.ts'
import type { Completion, CompletionChunk, CompletionsRequest } from './dialects/completions/shapes.ts'
import { writeEmbeddingsCall } from './operations/embeddings/embeddings-call.ts'
import type { EmbeddingsAnswer, EmbeddingsRequest } from './operations/embeddings/embeddings.ts'
import { writeImagesCall } from './operations/images/images-call.ts'
import { writeSpeechCall } from './operations/speech/speech-call.ts'
import type { Speech, SpeechRequest } from './operations/speech/speech.ts'
import type {
  Recording,
  Transcript,
  TranscriptionRequest,
  TranslationRequest,
} from './operations/transcription/transcription.ts'
import type { TranscriptEvent } from './operations/transcription/transcript-events.ts'
import type { ImageEditsRequest } from './operations/image-edits/image-edits.ts'
import { writeModerationCall } from './operations/moderation/moderation-call.ts'
import type { ModerationAnswer, ModerationRequest } from './operations/moderation/moderation.ts'
import { writeRerankCall } from './operations/rerank/rerank-call.ts'
import type { RerankAnswer, RerankRequest } from './operations/rerank/rerank.ts'
import { operations } from './operations/operations.ts'
import { operationNames } from './wire/operation-name.ts'
import { IdSeal } from './sealed-id.ts'
import type { Bytes } from './transport.ts'
import { InTokens, spellOut, type Tokenizer } from './wire/in-tokens.ts'
import type { ImagesAnswer, ImagesRequest } from './operations/images/images.ts'
import { dataOf, FrameCutter, isDone } from './bytes/frames.ts'
import type { ModelEntry } from './wire/models.ts'
import type { ResponseEvent, ResponseObject, ResponsesRequest } from './dialects/responses/shapes.ts'

export interface GatewayOptions extends World {
  readonly config: GatewayConfig
  /** Called once for each request, however it ended, before the answer's end is handed over. */
  readonly onUsage?: Settle | undefined
  /** For texts that come as tokens, in embeddings and completions. Default: they are refused. */
  readonly tokenizer?: Tokenizer | undefined
  /** See {@link EngineOptions.relaysErrors}. */
  readonly relaysErrors?: boolean | undefined
  /** What stands around the engine, whatever way a call came. Default: nothing. */
  readonly layers?: Layers | undefined
  /** What may be used and how fast, kept in memory. Default: no limit. */
  readonly limits?: readonly GatewayLimit[] | undefined
  /** Seals the ids of what providers keep. Default: nothing can be gone on with that is kept there. */
  readonly idSecret?: string | undefined
}

export interface CallOptions {
  /** Aborts the call and closes the upstream. */
  readonly signal?: AbortSignal | undefined
  /** For everything, all attempts together, in ms. Default: the configuration's `total_ms`. */
  readonly timeoutMs?: number | undefined
  /** Refuse rather than cost more: US dollars, as a number or a decimal string such as `"0.05"`. */
  readonly maxCostUsd?: number | string | undefined
  /** Words for the configuration's rules to look at. */
  readonly tags?: readonly string[] | undefined
  /** The end user whose limits count the call. Default: the one that `user` of the request names. */
  readonly customer?: string | undefined
}

/** What the gateway knows of an answer beyond its body. */
export interface AnswerDetails {
  readonly requestId: RequestId
  /** The charge in US dollars as an exact decimal string; `undefined` when it is not known. */
  readonly cost: string | undefined
  /** Whether the cost rests on counts of our own, because the provider told none. */
  readonly isEstimated: boolean
  /** The provider that answered. */
  readonly provider: string | undefined
  /** Every try, the successful one last. */
  readonly attempts: readonly AttemptRecord[]
}

/** A chat completion, and how it came about. */
export type ChatAnswered = ChatCompletion & AnswerDetails

/** What a stream says, to be looped over; what it returns in the end is known once it was recorded. */
export type Streamed<Event> = AsyncGenerator<Event, AnswerDetails | undefined>

/** One endpoint in front of many providers. */
export interface Gateway {
  /**
   * Asks for one answer.
   *
   * @throws SpekaError for a bad request, an unknown model, or when no target answered.
   */
  chat(request: ChatRequest, options?: CallOptions): Promise<ChatAnswered>
  /**
   * Asks for an answer piece by piece. Leaving the loop closes the upstream. The last chunk carries usage and cost if
   * `stream_options.include_usage` asks for it.
   *
   * @throws SpekaError on the loop; a broken stream never just ends.
   */
  streamChat(request: ChatRequest, options?: CallOptions): Streamed<ChatChunk>
  /**
   * Turns texts into vectors, in the order of the input. Float lists unless `encoding_format` asks for base64.
   *
   * @throws SpekaError for a bad request, an unknown model, or when no target answered.
   */
  embed(request: EmbeddingsRequest, options?: CallOptions): Promise<EmbeddingsAnswer & AnswerDetails>
  /**
   * Draws images from a text.
   *
   * @throws SpekaError for a bad request, an unknown model, or when no target answered.
   */
  generateImages(request: ImagesRequest, options?: CallOptions): Promise<ImagesAnswer & AnswerDetails>
  /**
   * Draws images from others and a text that says what to change in them.
   *
   * @throws SpekaError for a bad request, an unknown model, or when no target answered.
   */
  editImages(request: ImageEditsRequest, options?: CallOptions): Promise<ImagesAnswer & AnswerDetails>
  /**
   * Ranks documents by how much they are about a query, the most relevant first.
   *
   * @throws SpekaError for a bad request, an unknown model, or when no target answered.
   */
  rerank(request: RerankRequest, options?: CallOptions): Promise<RerankAnswer & AnswerDetails>
  /**
   * Writes down what a recording says. Formats that are words, such as `srt`, come as `text`.
   *
   * @throws SpekaError for a bad request, an unknown model, or when no target answered.
   */
  transcribe(request: TranscriptionRequest, options?: CallOptions): Promise<Transcript & AnswerDetails>
  /**
   * The same piece by piece. The last event, `transcript.text.done`, holds the whole text.
   *
   * @throws SpekaError on the loop; a broken stream never just ends.
   */
  streamTranscript(request: TranscriptionRequest, options?: CallOptions): Streamed<TranscriptEvent>
  /**
   * Writes down in English what a recording says.
   *
   * @throws SpekaError for a bad request, an unknown model, or when no target answered.
   */
  translate(request: TranslationRequest, options?: CallOptions): Promise<Transcript & AnswerDetails>
  /**
   * Speaks a text.
   *
   * @throws SpekaError for a bad request, an unknown model, or when no target answered.
   */
  speak(request: SpeechRequest, options?: CallOptions): Promise<Speech & AnswerDetails>
  /**
   * Judges texts and pictures by whether they may be shown. Without a `model` OpenAI's usual one does.
   *
   * @throws SpekaError for a bad request, an unknown model, or when no target answered.
   */
  moderate(request: ModerationRequest, options?: CallOptions): Promise<ModerationAnswer & AnswerDetails>
  /**
   * Asks as OpenAI's responses API does. The gateway keeps nothing: `input` is the whole conversation, or goes on with a response that
   * the provider keeps, when the gateway has a secret to seal its id with.
   *
   * @throws SpekaError for a bad request, an unknown model, or when no target answered.
   */
  respond(request: ResponsesRequest, options?: CallOptions): Promise<ResponseObject & AnswerDetails>
  /**
   * The same piece by piece. The last event, `response.completed` or `response.incomplete`, holds the whole answer.
   *
   * @throws SpekaError on the loop; a broken stream never just ends.
   */
  streamResponse(request: ResponsesRequest, options?: CallOptions): Streamed<ResponseEvent>
  /**
   * Asks as OpenAI's older completions API does: a chat model answers the prompt.
   *
   * @throws SpekaError for a bad request, an unknown model, or when no target answered.
   */
  complete(request: CompletionsRequest, options?: CallOptions): Promise<Completion & AnswerDetails>
  /**
   * The same piece by piece.
   *
   * @throws SpekaError on the loop; a broken stream never just ends.
   */
  streamCompletion(request: CompletionsRequest, options?: CallOptions): Streamed<CompletionChunk>
  /** The models that can be called now; with `all`, the whole catalog. */
  models(options?: { all?: boolean }): ModelEntry[]
  /**
   * Where the limits of this gateway stand, money first, as `GET /v1/key` of a server shows them. Nothing is taken.
   *
   * @param options.customer whose own limits are told as well. Default: nobody's.
   */
  limits(options?: { customer?: string }): Promise<LimitStanding[]>
  /** The one path below all of these, for fronts that want bytes. */
  readonly engine: ConfiguredEngine
  /**
   * The gateway as a `fetch`: give it to any SDK that speaks OpenAI's API. The host of the URL does not matter.
   *
   * @example new OpenAI({ apiKey: 'unused', fetch: gateway.fetch })
   */
  readonly fetch: typeof globalThis.fetch
}

const ignore: Settle = () => {}

/** Makes a call of what was asked; refuses it when it makes no sense. */
type Write = (facts: CallFacts) => Call | Dialect

/**
 * Makes a gateway for one configuration.
 *
 * @throws RangeError when the configuration contradicts itself, for a limit that makes no sense, or when the secret is too short.
 */
export function assembleGateway(options: GatewayOptions): Gateway {
  const { config, onUsage = ignore, tokenizer, idSecret, limits: given = [], ...world } = options
  const { clock } = world
  const idSeal = idSecret === undefined ? undefined : sealOf(idSecret)
  const modelsOf = (call: Call): readonly string[] => modelsOfCall(call, engine.table, config.routing)
  const limits = given.length === 0 ? undefined : ownLimits(given, clock, modelsOf)
  const engine = createEngine({ config, instanceId: mintRequestId(clock.now()), ...world, limits })
  const facts = (options: CallOptions | undefined): CallFacts => {
    const receivedAt = clock.now()
    return {
      id: mintRequestId(receivedAt),
      receivedAt,
      timeoutMs: options?.timeoutMs,
      maxCost: options?.maxCostUsd === undefined ? undefined : maxCostOf(options.maxCostUsd),
      tags: options?.tags,
      customer: options?.customer === undefined ? undefined : customerNamed(options.customer),
      idSeal,
    }
  }
  const collected = async (write: Write, options?: CallOptions): Promise<CollectedAnswer> => {
    const own = facts(options)
    try {
      return await collect(...interpret(engine, write(own)), onUsage, options?.signal)
    } catch (error) {
      throw ofRequest(error, own.id)
    }
  }
  /** One answer as an object; what the endpoint's shape is, its caller knows. */
  const answer = async <Shape>(write: Write, options?: CallOptions): Promise<Shape & AnswerDetails> => {
    const { body, record } = await collected(write, options)
    return { ...(JSON.parse(body.toString('utf8')) as Shape), ...detailsOf(record) }
  }
  /** A transcript, in whichever of its formats it came. */
  const transcript = async (write: Write, options?: CallOptions): Promise<Transcript & AnswerDetails> => {
    const { body, record, contentType } = await collected(write, options)
    const text = body.toString('utf8')
    return { ...(contentType === undefined ? (JSON.parse(text) as Transcript) : { text }), ...detailsOf(record) }
  }
  /** The same as a stream. */
  async function* stream<Event>(write: Write, options?: CallOptions): Streamed<Event> {
    const own = facts(options)
    let record: UsageRecord | undefined
    const settle: Settle = (settled) => {
      record = settled
      return onUsage(settled)
    }
    try {
      for await (const frames of iterateFrames(...interpret(engine, write(own)), settle, options?.signal))
        yield* eventsIn<Event>(frames)
    } catch (error) {
      throw ofRequest(error, own.id)
    }
    return record === undefined ? undefined : detailsOf(record)
  }
  const models: Gateway['models'] = ({ all = false } = {}) =>
    engine.table.models
      .filter(({ targets }) => all || targets.length > 0)
      .map((routed) => modelEntry(routed, clock.now()))
  return {
    engine,
    models,
    limits: async ({ customer } = {}) => (await limits?.standings(customer)) ?? [],
    fetch: createFetch({
      engine,
      responses: engine,
      messages: { engine, config: config.messages },
      models,
      settle: onUsage,
      facts: () => facts(undefined),
      readers: {
        // The longer end first: the other fits it too.
        ...readersOfOperations(tokenizer),
        '/completions': (body, own) => readCompletions(body, own, { tokenizer }),
        '/responses': readResponses,
        '/responses/compact': readCompaction,
      },
      formReaders,
    }),
    chat: async (request, options) => answer((own) => writeChatCall({ ...request, stream: false }, own), options),
    embed: async (request, options) => answer((own) => writeEmbeddingsCall(request, own, tokenizer), options),
    generateImages: async (request, options) =>
      answer((own) => writeImagesCall({ ...request, stream: false }, own), options),
    async editImages(request, options) {
      const asked = { ...request, stream: false, ...(await picturesOf(request)) }
      return answer((own) => operations.image_edits.write(asked, own), options)
    },
    rerank: async (request, options) => answer((own) => writeRerankCall(request, own), options),
    async transcribe(request, options) {
      const asked = { ...request, stream: false, ...(await fileOf(request.file)) }
      return transcript((own) => operations.transcription.write(asked, own), options)
    },
    async translate(request, options) {
      const asked = { ...request, ...(await fileOf(request.file)) }
      return transcript((own) => operations.translation.write(asked, own), options)
    },
    async speak(request, options) {
      const write: Write = (own) => writeSpeechCall({ ...request, stream_format: 'audio' }, own)
      const { body, record, contentType = 'application/octet-stream' } = await collected(write, options)
      return { audio: body, contentType, ...detailsOf(record) }
    },
    moderate: async (request, options) => answer((own) => writeModerationCall(request, own), options),
    async *streamTranscript(request, options) {
      const asked = { ...request, stream: true, ...(await fileOf(request.file)) }
      return yield* stream((own) => operations.transcription.write(asked, own), options)
    },
    respond: async (request, options) => answer((own) => writeResponses({ ...request, stream: false }, own), options),
    complete: async (request, options) =>
      answer((own) => writeCompletions({ ...request, stream: false }, own, { tokenizer }), options),
    async *streamChat(request, options) {
      return yield* stream((own) => writeChatCall({ ...request, stream: true }, own), options)
    },
    async *streamResponse(request, options) {
      return yield* stream((own) => writeResponses({ ...request, stream: true }, own), options)
    },
    async *streamCompletion(request, options) {
      return yield* stream((own) => writeCompletions({ ...request, stream: true }, own, { tokenizer }), options)
    },
  }
}

/** How to read what is sent to each operation, by the end of its path. */
const readersOfOperations = (tokenizer: Tokenizer | undefined): FetchParts['readers'] =>
  Object.fromEntries(
    Object.values(operations).flatMap(({ paths, read }) =>
      paths.map((path) => [
        path.replace(/^\/v\d/, ''),
        (body: Bytes, facts: CallFacts) => {
          const made = read(body, facts, {})
          return made instanceof InTokens ? spellOut(made, tokenizer) : made
        },
      ]),
    ),
  )

/** How to read a form that is sent to an operation, by the end of its path. */
const formReaders: FetchParts['formReaders'] = Object.fromEntries(
  operationNames.flatMap((endpoint) => {
    const { paths, readForm } = operations[endpoint]
    return readForm === undefined ? [] : paths.map((path) => [path.replace(/^\/v\d/, ''), { endpoint, readForm }])
  }),
)

const there = async (picture: unknown): Promise<unknown> =>
  picture instanceof Blob ? new Uint8Array(await picture.arrayBuffer()) : picture

/** Pictures given by code, their bytes there. */
async function picturesOf({ images, mask }: ImageEditsRequest): Promise<Readonly<Record<string, unknown>>> {
  return {
    images: Array.isArray(images) ? await Promise.all(images.map(there)) : images,
    ...(mask != null && { mask: await there(mask) }),
  }
}

/** A recording given by code, its bytes there, under its own name. */
async function fileOf(file: Recording): Promise<{ file: Exclude<Recording, Blob>; filename?: string }> {
  if (!(file instanceof Blob)) return { file }
  const bytes = new Uint8Array(await file.arrayBuffer())
  const { name } = file as Blob & { readonly name?: unknown }
  return typeof name === 'string' && name !== '' ? { file: bytes, filename: name } : { file: bytes }
}

/** Shorter ones can be guessed, and then ids be made up. */
const LEAST_SECRET = 32

/** @throws RangeError */
function sealOf(secret: string): IdSeal {
  if (secret.length < LEAST_SECRET)
    throw new RangeError(
      `idSecret has ${secret.length} characters. Give at least ${LEAST_SECRET} that nobody can guess, such as those of "openssl rand -hex 32"`,
    )
  return new IdSeal(Buffer.from(secret))
}

/** @throws SpekaError `invalid_value` */
function maxCostOf(amount: number | string): PicoUsd {
  try {
    return readUsd(amount)
  } catch (cause) {
    throw new SpekaError(
      'invalid_value',
      `maxCostUsd must be an amount of US dollars such as "0.05", not "${amount}".`,
      {
        cause,
      },
    )
  }
}

/** @throws SpekaError `invalid_value` */
function customerNamed(customer: string): string {
  if (isCallerName(customer)) return customer
  throw new SpekaError(
    'invalid_value',
    `customer must be a name of 1 to ${MOST_NAME_CHARACTERS} characters, none of them a control character.`,
  )
}

/** Of a gateway in front of a server, what the server did and how it is recorded there. */
const detailsOf = ({ id, charge, provider, attempts, usage, farSide }: UsageRecord): AnswerDetails => ({
  requestId: (farSide?.requestId as RequestId | undefined) ?? id,
  cost: charge === undefined ? undefined : formatUsd(charge),
  isEstimated: usage.estimated === true,
  provider: farSide?.provider ?? provider,
  // The last of our own is the one that the server answered; those before it did not get there.
  attempts: farSide === undefined ? attempts : [...attempts.slice(0, -1), ...farSide.attempts],
})

function eventsIn<Event>(frames: Uint8Array): Event[] {
  const events: Event[] = []
  new FrameCutter(Infinity).push(frames, (frame) => {
    const data = dataOf(frame)
    if (data !== undefined && !isDone(data)) events.push(JSON.parse(data.toString('utf8')) as Event)
  })
  return events
}
