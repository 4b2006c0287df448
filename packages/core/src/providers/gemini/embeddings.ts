import { isRecord } from '../../json.ts'
import type { UpstreamRequest } from '../../transport.ts'
import type { EmbeddingsCall } from '../../operations/embeddings/embeddings-call.ts'
import { asBuffer } from '../../bytes/scan-object.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { errorIn } from '../error-in.ts'
import { inFormat, numbersOf } from '../openai-compatible/vector-format.ts'
import type { Answer, ProviderOperation, Reply, Step, TranslationTarget } from '../provider.ts'
import { parseReply } from '../translated/parse-reply.ts'
import { parametersLeft } from '../sent-parameters.ts'
import { countOf } from '../translated/count-of.ts'
import { classifyGeminiError } from './classify.ts'
import { HEADERS } from './generate-request.ts'
import { modelName, modelPath } from './model-path.ts'

/** Gemini takes no more texts at once. */
const MOST_AT_ONCE = 100

const TAKEN = new Set(['encoding_format', 'dimensions'])

/** Embeddings, a hundred texts at a time. Gemini seldom says what they consumed, which is then unknown. */
export const embeddings: ProviderOperation<EmbeddingsCall> = {
  *answer(call, target): Generator<Step, Answer, Reply> {
    const { input } = JSON.parse(asBuffer(call.body).toString('utf8')) as Readonly<Record<string, unknown>>
    const texts: unknown[] = Array.isArray(input) ? input : [input]
    const format = call.outline.encoding_format ?? 'float'
    const vectors: string[] = []
    let tokens: number | undefined = 0
    for (let at = 0; at < texts.length; at += MOST_AT_ONCE) {
      const some = texts.slice(at, at + MOST_AT_ONCE)
      const read = readVectors(yield { send: embedRequest(some, call, target) }, some.length)
      for (const vector of read.vectors) vectors.push(inFormat(vector, format))
      // No text has no tokens: a 0 says nothing.
      tokens = tokens === undefined || !read.tokens ? undefined : tokens + read.tokens
    }
    return writeVectors(vectors, tokens, target.model)
  },
  unsupported: ({ outline }) => parametersLeft(outline, TAKEN),
}

function embedRequest(
  texts: readonly unknown[],
  { outline: { dimensions } }: EmbeddingsCall,
  { upstreamModel }: TranslationTarget,
): UpstreamRequest {
  const model = modelName(upstreamModel)
  const requests = texts.map((text) => ({
    model,
    content: { parts: [{ text }] },
    ...(typeof dimensions === 'number' && { outputDimensionality: dimensions }),
  }))
  return {
    method: 'POST',
    path: modelPath(upstreamModel, 'batchEmbedContents'),
    headers: HEADERS,
    body: [Buffer.from(JSON.stringify({ requests }))],
  }
}

function readVectors({ body }: Reply, count: number): { vectors: (readonly number[])[]; tokens: number | undefined } {
  const answer = parseReply(body)
  const { embeddings: items, usageMetadata } = answer
  const error = errorIn(answer)
  if (error !== undefined) throw new BadReplyError(classifyGeminiError(error))
  const vectors = Array.isArray(items)
    ? items.map((item: unknown) => (isRecord(item) ? numbersOf(item['values']) : undefined))
    : []
  const whole = vectors.filter((vector) => vector !== undefined)
  if (whole.length !== count || vectors.length !== count)
    throw new BadReplyError(badReply(`sent ${whole.length} vectors for ${count} texts`))
  return { vectors: whole, tokens: isRecord(usageMetadata) ? countOf(usageMetadata['promptTokenCount']) : undefined }
}

/** An answer of vectors that are JSON already. */
export function writeVectors(vectors: readonly string[], tokens: number | undefined, model: string): Answer {
  const data = vectors.map((vector, index) => `{"object":"embedding","index":${index},"embedding":${vector}}`)
  const head = `{"object":"list","model":${JSON.stringify(model)}`
  const rest = { edits: [], usage: { inputTokens: tokens } }
  if (tokens === undefined)
    return { ...rest, body: Buffer.from(`${head},"data":[${data.join()}]}`), usageJson: undefined, usageAt: undefined }
  const before = `${head},"usage":`
  const usageJson = { prompt_tokens: tokens, total_tokens: tokens }
  const counts = JSON.stringify(usageJson)
  const start = Buffer.byteLength(before)
  return {
    ...rest,
    body: Buffer.from(`${before}${counts},"data":[${data.join()}]}`),
    usageJson,
    usageAt: { start, end: start + counts.length },
  }
}
