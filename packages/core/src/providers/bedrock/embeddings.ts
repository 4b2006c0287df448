import { asBuffer } from '../../bytes/scan-object.ts'
import { isRecord, type Json } from '../../json.ts'
import type { EmbeddingsCall } from '../../operations/embeddings/embeddings-call.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { writeVectors } from '../gemini/embeddings.ts'
import { classifyErrorObject } from '../openai-compatible/classify.ts'
import { inFormat, numbersOf } from '../openai-compatible/vector-format.ts'
import type { Answer, Provider, ProviderOperation, Reply, Step } from '../provider.ts'
import { parametersLeft } from '../sent-parameters.ts'
import { countOf } from '../translated/count-of.ts'
import { parseReply } from '../translated/parse-reply.ts'
import { classifyBedrockReply } from './classify.ts'
import { modelPath } from './model-path.ts'

const HEADERS = { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' }

/** How one maker's models are asked for vectors. */
interface EmbeddingModel {
  /** Texts that it takes at once. */
  readonly mostAtOnce: number
  /** The fields of a request that it takes, by OpenAI's names or its own. */
  takes(upstreamModel: string): ReadonlySet<string>
  /** @param isList whether the caller has sent a list. */
  body(texts: readonly string[], asked: Json, upstreamModel: string, isList: boolean): Json
  vectors(answer: Json): unknown
  /** Its own count, where its answer has one. */
  tokens?(answer: Json): unknown
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
const titan: EmbeddingModel = {
  mostAtOnce: 1,
  // The first version has one length of vectors, and knows no other field.
  takes: (upstreamModel) => new Set(/-v1\b/.test(upstreamModel) ? [] : ['dimensions', 'normalize']),
  body: ([inputText], asked) => ({ inputText, ...asked }),
  vectors: ({ embedding }) => [embedding],
  tokens: ({ inputTextTokenCount }) => inputTextTokenCount,
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
const cohere: EmbeddingModel = {
  mostAtOnce: 96,
  takes: (upstreamModel) =>
    new Set(['input_type', 'truncate', ...(/embed-v4/.test(upstreamModel) ? ['dimensions', 'max_tokens'] : [])]),
  body: (texts, { dimensions, input_type: type, ...asked }, _, isList) => ({
    texts,
    // What is embedded alone is nearly always asked, what comes as a list is stored.
    input_type: type ?? (isList ? 'search_document' : 'search_query'),
    embedding_types: ['float'],
    ...(dimensions !== undefined && { output_dimension: dimensions }),
    ...asked,
  }),
  vectors: ({ embeddings }) => (isRecord(embeddings) ? embeddings['float'] : embeddings),
}

const makers: readonly { readonly names: RegExp; readonly model: EmbeddingModel }[] = [
  { names: /(?:^|[./])amazon\.titan-embed-text/, model: titan },
  { names: /(?:^|[./])cohere\.embed-/, model: cohere },
]

const modelOf = (upstreamModel: string): EmbeddingModel | undefined =>
  makers.find(({ names }) => names.test(upstreamModel))?.model

/** Whether a model is one of vectors, by an API that is known. */
export const embeds = (upstreamModel: string): boolean => modelOf(upstreamModel) !== undefined

/** Vectors by `InvokeModel`, of as many texts at a time as the model takes. */
const embeddings: ProviderOperation<EmbeddingsCall> = {
  *answer(call, { upstreamModel, model: name }): Generator<Step, Answer, Reply> {
    const model = modelOf(upstreamModel) ?? titan
    const request = JSON.parse(asBuffer(call.body).toString('utf8')) as Json
    const takes = model.takes(upstreamModel)
    const asked = Object.fromEntries(
      Object.entries(request).filter(([field, value]) => takes.has(field) && value != null),
    )
    const { input } = request
    const texts = (Array.isArray(input) ? input : [input]) as string[]
    const vectors: string[] = []
    let tokens: number | undefined = 0
    for (let at = 0; at < texts.length; at += model.mostAtOnce) {
      const some = texts.slice(at, at + model.mostAtOnce)
      const body = Buffer.from(JSON.stringify(model.body(some, asked, upstreamModel, Array.isArray(input))))
      const path = modelPath(upstreamModel, 'invoke')
      const reply = yield { send: { method: 'POST', path, headers: HEADERS, body: [body] } }
      const read = readVectors(reply, model, some.length)
      for (const vector of read.vectors) vectors.push(inFormat(vector, call.outline.encoding_format ?? 'float'))
      tokens = tokens === undefined || read.tokens === undefined ? undefined : tokens + read.tokens
    }
    return writeVectors(vectors, tokens, name)
  },
  unsupported: ({ outline }, { upstreamModel }) =>
    parametersLeft(outline, new Set(['encoding_format', ...(modelOf(upstreamModel) ?? titan).takes(upstreamModel)])),
}

/** Where Bedrock tells what it has counted, whatever the model says. */
const COUNT_HEADER = 'x-amzn-bedrock-input-token-count'

function readVectors({ body, headers }: Reply, model: EmbeddingModel, count: number) {
  const answer = parseReply(body)
  const { error } = answer
  if (isRecord(error)) throw new BadReplyError(classifyErrorObject(error))
  const items = model.vectors(answer)
  const found = (Array.isArray(items) ? items : []).map(numbersOf)
  const vectors = found.filter((vector) => vector !== undefined)
  if (vectors.length !== count || found.length !== count)
    throw new BadReplyError(badReply(`sent ${vectors.length} vectors for ${count} texts`))
  const counted = headers[COUNT_HEADER]
  const tokens = counted === undefined ? model.tokens?.(answer) : Number(counted)
  return { vectors, tokens: countOf(tokens) }
}

/** Models of vectors at Bedrock: Titan and Cohere's. */
export const embeddingsAtBedrock: Provider = { type: 'bedrock', embeddings, classify: classifyBedrockReply }
