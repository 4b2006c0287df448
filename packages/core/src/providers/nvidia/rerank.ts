import { isRecord } from '../../json.ts'
import type { RerankCall } from '../../operations/rerank/rerank-call.ts'
import type { UpstreamRequest } from '../../transport.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { parseAnswer } from '../openai-compatible/chat-answer.ts'
import type { ProviderOperation, TranslationTarget } from '../provider.ts'
import { tokensIn } from '../openai-compatible/read-ranking.ts'
import { textOf, wholeDocuments, wholeQuery } from '../openai-compatible/whole-documents.ts'
import { writeRerankAnswer } from '../openai-compatible/write-rerank-answer.ts'

/**
 * Rankings at NVIDIA's retrieval endpoints, which score by logits: https://docs.api.nvidia.com/nim/reference/retrieval-apis
 */
export const nvidiaRerank: ProviderOperation<RerankCall> = {
  *answer(call, target) {
    const answer = parseAnswer(yield { send: request(call, target) })
    const { id, rankings, usage } = answer
    if (!Array.isArray(rankings)) throw new BadReplyError(badReply('sent an answer without rankings'))
    const told = rankings.filter(isRecord).map(({ index, logit }) => ({ index, score: relevanceOf(logit) }))
    return writeRerankAnswer(
      told,
      {
        id: typeof id === 'string' ? id : undefined,
        usage: tokensIn(usage),
      },
      call,
      target,
    )
  },
  unsupported: ({ outline }) => (outline.max_tokens_per_doc == null ? [] : ['max_tokens_per_doc']),
}

const HEADERS = { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' }

function request(call: RerankCall, { upstreamModel: model }: TranslationTarget): UpstreamRequest {
  const { truncate } = call.outline
  const body = {
    model,
    query: { text: wholeQuery(call) },
    passages: wholeDocuments(call).map((document) => ({ text: textOf(document, call) })),
    // Texts that are too long are cut, as everywhere else, rather than refused.
    truncate: typeof truncate === 'string' ? truncate : 'END',
  }
  return { method: 'POST', path: pathOf(model), headers: HEADERS, body: [Buffer.from(JSON.stringify(body))] }
}

/** Each model has a path of its own, in which a dot of its name is an underscore. */
const pathOf = (model: string): string => `/${model.replaceAll('.', '_')}/reranking`

/** The logistic function makes a relevance from 0 to 1 of a logit, and leaves the order as it is. */
const relevanceOf = (logit: unknown): unknown => (typeof logit === 'number' ? 1 / (1 + Math.exp(-logit)) : logit)
