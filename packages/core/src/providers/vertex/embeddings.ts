import { isRecord } from '../../json.ts'
import { asBuffer } from '../../bytes/scan-object.ts'
import type { EmbeddingsCall } from '../../operations/embeddings/embeddings-call.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { errorIn } from '../error-in.ts'
import { writeVectors } from '../gemini/embeddings.ts'
import { classifyGeminiError } from '../gemini/classify.ts'
import { HEADERS } from '../gemini/generate-request.ts'
import { inFormat, numbersOf } from '../openai-compatible/vector-format.ts'
import type { Answer, ProviderOperation, Reply, Step } from '../provider.ts'
import { parametersLeft } from '../sent-parameters.ts'
import { countOf } from '../translated/count-of.ts'
import { parseReply } from '../translated/parse-reply.ts'
import { publisherPath } from './publisher-path.ts'

/** How many texts a model takes at once: https://cloud.google.com/vertex-ai/generative-ai/docs/embeddings/get-text-embeddings */
const mostAtOnce = (upstreamModel: string): number => (/gemini-embedding/.test(upstreamModel) ? 1 : 250)

const TAKEN = new Set(['encoding_format', 'dimensions'])

/** Embeddings by `predict`, which counts their tokens. */
export const embeddings: ProviderOperation<EmbeddingsCall> = {
  *answer(call, { upstreamModel, model }): Generator<Step, Answer, Reply> {
    const { input } = JSON.parse(asBuffer(call.body).toString('utf8')) as Readonly<Record<string, unknown>>
    const { dimensions, encoding_format: format } = call.outline
    const texts: unknown[] = Array.isArray(input) ? input : [input]
    const parameters = typeof dimensions === 'number' ? { outputDimensionality: dimensions } : undefined
    const vectors: string[] = []
    let tokens: number | undefined = 0
    const most = mostAtOnce(upstreamModel)
    for (let at = 0; at < texts.length; at += most) {
      const instances = texts.slice(at, at + most).map((content) => ({ content }))
      const body = Buffer.from(JSON.stringify({ instances, parameters }))
      const path = publisherPath('google', upstreamModel, 'predict')
      const read = readPredictions(
        yield { send: { method: 'POST', path, headers: HEADERS, body: [body] } },
        instances.length,
      )
      for (const vector of read.vectors) vectors.push(inFormat(vector, format ?? 'float'))
      tokens = tokens === undefined || read.tokens === undefined ? undefined : tokens + read.tokens
    }
    return writeVectors(vectors, tokens, model)
  },
  unsupported: ({ outline }) => parametersLeft(outline, TAKEN),
}

interface Predictions {
  readonly vectors: readonly (readonly number[])[]
  /** `undefined` where it did not count all of them. */
  readonly tokens: number | undefined
}

function readPredictions({ body }: Reply, count: number): Predictions {
  const answer = parseReply(body)
  const error = errorIn(answer)
  if (error !== undefined) throw new BadReplyError(classifyGeminiError(error))
  const { predictions } = answer
  const items = (Array.isArray(predictions) ? predictions : []).map((item: unknown) =>
    isRecord(item) && isRecord(item['embeddings']) ? item['embeddings'] : {},
  )
  const vectors = items.map(({ values }) => numbersOf(values)).filter((vector) => vector !== undefined)
  if (vectors.length !== count || items.length !== count)
    throw new BadReplyError(badReply(`sent ${vectors.length} vectors for ${count} texts`))
  const counts = items.map(({ statistics }) => (isRecord(statistics) ? countOf(statistics['token_count']) : undefined))
  const known = counts.filter((tokens) => tokens !== undefined)
  return { vectors, tokens: known.length === count ? known.reduce((sum, tokens) => sum + tokens, 0) : undefined }
}
