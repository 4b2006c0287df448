import type { EmbeddingsCall } from '../../operations/embeddings/embeddings-call.ts'
import type { Answer, ProviderOperation, Reply, Step, TranslationTarget } from '../provider.ts'
import { joinEmbeddings, readEmbeddingsAnswer } from './embeddings-answer.ts'
import { batchesOf, embeddingsRequest, gatewayEmbeddingsRequest, unsupportedByRules } from './embeddings-request.ts'
import type { EmbeddingsRules } from './embeddings-rules.ts'
import { readVectors, type VectorsRead } from './read-vectors.ts'

/** Embeddings of an upstream that speaks OpenAI's API, within its rules. */
export function embeddingsByRules(rules: EmbeddingsRules = {}): ProviderOperation<EmbeddingsCall> {
  return {
    *answer(call, target) {
      const batches = rules.mostTexts === undefined ? undefined : batchesOf(call, rules.mostTexts)
      if (batches !== undefined) return yield* answerInBatches(call, target, rules, batches)
      const reply = yield { send: embeddingsRequest(call, target, rules) }
      return readEmbeddingsAnswer(reply, call, target)
    },
    unsupported: (call, target) => unsupportedByRules(call, target, rules),
  }
}

/** Embeddings of another gateway. */
export const embeddingsOfGateway: ProviderOperation<EmbeddingsCall> = {
  *answer(call, target) {
    const reply = yield { send: gatewayEmbeddingsRequest(call, target) }
    return readEmbeddingsAnswer(reply, call, target, true)
  },
}

/** One after the other: an upstream that limits its batches limits its callers too. */
function* answerInBatches(
  call: EmbeddingsCall,
  target: TranslationTarget,
  rules: EmbeddingsRules,
  batches: readonly string[][],
): Generator<Step, Answer, Reply> {
  const reads: VectorsRead[] = []
  for (const texts of batches) {
    const reply = yield { send: embeddingsRequest(call, target, rules, texts) }
    reads.push(readVectors(reply, texts.length, call.outline.encoding_format ?? 'float'))
  }
  return joinEmbeddings(reads, target)
}
