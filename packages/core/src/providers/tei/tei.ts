import { isRecord } from '../../json.ts'
import { asBuffer } from '../../bytes/scan-object.ts'
import type { RerankCall } from '../../operations/rerank/rerank-call.ts'
import type { UpstreamRequest } from '../../transport.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { classifyReply } from '../openai-compatible/classify.ts'
import type { Provider, Reply } from '../provider.ts'
import { textOf, wholeDocuments, wholeQuery } from '../openai-compatible/whole-documents.ts'
import { writeRerankAnswer, type ScoreTold } from '../openai-compatible/write-rerank-answer.ts'

/** Text Embeddings Inference, for rankings: https://huggingface.github.io/text-embeddings-inference */
export const tei: Provider = {
  type: 'tei',
  rerank: {
    *answer(call, target) {
      const reply = yield { send: request(call) }
      // It counts nothing in its answers.
      return writeRerankAnswer(scoresIn(reply), { usage: {} }, call, target)
    },
    unsupported: ({ outline }) => (outline.max_tokens_per_doc == null ? [] : ['max_tokens_per_doc']),
  },
  classify: classifyReply,
}

const HEADERS = { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' }

/** It serves one model, which has no name. Texts that are too long are cut, as everywhere else, rather than refused. */
function request(call: RerankCall): UpstreamRequest {
  const texts = wholeDocuments(call).map((document) => textOf(document, call))
  const body = JSON.stringify({ query: wholeQuery(call), texts, truncate: true })
  return { method: 'POST', path: '/rerank', headers: HEADERS, body: [Buffer.from(body)] }
}

function scoresIn({ body }: Reply): ScoreTold[] {
  let value: unknown
  try {
    value = JSON.parse(asBuffer(body).toString('utf8'))
  } catch (cause) {
    throw new BadReplyError(badReply('sent something else than JSON', cause))
  }
  if (!Array.isArray(value)) throw new BadReplyError(badReply('sent an answer without results'))
  return value.filter(isRecord).map(({ index, score }) => ({ index, score }))
}
