import type { Provider } from '../provider.ts'
import { classifyReply } from '../openai-compatible/classify.ts'
import { readRanking } from '../openai-compatible/read-ranking.ts'
import { rerankRequest } from '../openai-compatible/rerank-request.ts'

/** Cohere, for rankings alone: https://docs.cohere.com/reference/rerank */
export const cohere: Provider = {
  type: 'cohere',
  rerank: {
    *answer(call, target) {
      const reply = yield { send: rerankRequest('/rerank', call, target) }
      return readRanking(reply, call, target)
    },
  },
  classify: classifyReply,
}
