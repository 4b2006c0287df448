import { isRecord } from '../../json.ts'
import { readUsage } from '../../wire/read-usage.ts'
import type { Bytes } from '../../transport.ts'
import type { Usage } from '../../usage.ts'
import { join, type Edit } from '../../bytes/splice.ts'
import type { EmbeddingsCall } from '../../operations/embeddings/embeddings-call.ts'
import type { Answer, Reply, TranslationTarget } from '../provider.ts'
import { gatewayFacts } from './gateway-answer.ts'
import { readVectors, type VectorsRead } from './read-vectors.ts'

/**
 * Reads an answer of vectors. Only what stands around them is parsed, unless they come in another format than was asked for.
 *
 * @param isGateway whether the upstream chose the model by itself, and says which.
 * @throws BadReplyError when a reply that claims success is not one.
 */
export function readEmbeddingsAnswer(
  reply: Reply,
  { outline: { input, encoding_format: format } }: EmbeddingsCall,
  target: TranslationTarget,
  isGateway = false,
): Answer {
  const read = readVectors(reply, Array.isArray(input) ? input.length : 1, format ?? 'float')
  const { model, id, object } = read.outline
  const usageJson = usageIn(read.outline)
  const chosen = isGateway ? gatewayFacts({ model, usage: usageJson }) : undefined
  const edits: Edit[] = []
  if (model !== (chosen?.model ?? target.model)) edits.push(read.set('model', JSON.stringify(target.model)))
  if (!read.asAsked) edits.push({ ...read.set('data', ''), text: join(dataOf(read.vectors)) })
  if (object !== 'list') edits.push(read.set('object', '"list"'))
  return {
    ...chosen,
    body: read.body,
    edits,
    id: typeof id === 'string' ? id : undefined,
    usage: usageOf(usageJson),
    usageJson,
    usageAt: usageJson && read.valueOf('usage'),
  }
}

/** One answer out of several, whose vectors follow each other. What one of them did not count is not known of all. */
export function joinEmbeddings(reads: readonly VectorsRead[], { model }: TranslationTarget): Answer {
  // No text has no tokens: a 0 says nothing.
  const counts = reads.map(({ outline }) => usageOf(usageIn(outline)).inputTokens || undefined)
  const total = counts.reduce((sum, count) => (sum === undefined || count === undefined ? undefined : sum + count), 0)
  const usageJson = total === undefined ? undefined : { prompt_tokens: total, total_tokens: total }
  const head = `{"object":"list","model":${JSON.stringify(model)}`
  const key = ',"usage":'
  const usage = JSON.stringify(usageJson)
  const start = Buffer.byteLength(head) + key.length
  const id = reads[0]?.outline['id']
  return {
    body: Buffer.concat([
      Buffer.from(head + (usageJson === undefined ? '' : key + usage)),
      Buffer.from(',"data":'),
      ...dataOf(reads.flatMap(({ vectors }) => vectors)),
      Buffer.from('}'),
    ]),
    edits: [],
    id: typeof id === 'string' ? id : undefined,
    usage: usageOf(usageJson),
    usageJson,
    usageAt: usageJson && { start, end: start + usage.length },
  }
}

/** The usage object of an answer. A provider that counts one thing only has counted the prompt. */
function usageIn({ usage }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  if (!isRecord(usage)) return undefined
  const { prompt_tokens: prompt, total_tokens: total } = usage
  return prompt === undefined && total !== undefined ? { ...usage, prompt_tokens: total } : usage
}

/** What an embeddings answer consumed: nothing but a prompt. */
function usageOf(usageJson: unknown): Usage {
  const { inputTokens } = readUsage(usageJson)
  return inputTokens === undefined ? {} : { inputTokens, outputTokens: 0 }
}

/** The `data` of an answer with these vectors, each as JSON. */
function dataOf(vectors: readonly (string | Bytes)[]): Bytes[] {
  const pieces: Bytes[] = []
  for (const [index, vector] of vectors.entries()) {
    pieces.push(Buffer.from(`${index === 0 ? '[' : '},'}{"object":"embedding","index":${index},"embedding":`))
    pieces.push(typeof vector === 'string' ? Buffer.from(vector) : vector)
  }
  pieces.push(Buffer.from('}]'))
  return pieces
}
