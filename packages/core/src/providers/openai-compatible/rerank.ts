import type { RerankCall } from '../../operations/rerank/rerank-call.ts'
import type { ProviderOperation } from '../provider.ts'
import { readRanking } from './read-ranking.ts'
import { rerankRequest } from './rerank-request.ts'
import { jsonRequest } from './json-request.ts'

/** Rankings of a server that has Cohere's `/rerank` beside OpenAI's endpoints, as vLLM, Together, llama.cpp and others do. */
export const rerankLikeCohere: ProviderOperation<RerankCall> = {
  *answer(call, target) {
    const reply = yield { send: rerankRequest('/rerank', call, target) }
    return readRanking(reply, call, target)
  },
}

/** Rankings of another gateway, which gets every field as it is. */
export const rerankOfGateway: ProviderOperation<RerankCall> = {
  *answer(call, target) {
    const reply = yield { send: jsonRequest('/rerank', call, target, true) }
    return readRanking(reply, call, target, true)
  },
}
