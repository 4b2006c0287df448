import { completeTokens } from '../token-count.ts'
import { estimateInputTokens } from '../estimate-input.ts'
import type { Operation } from '../operation.ts'
import { openEmbeddingsCall, writeEmbeddingsCall, type EmbeddingsCall } from './embeddings-call.ts'
import type { EmbeddingsRequest } from './embeddings.ts'

/** What an upstream may put around each text: marks of its ends, or an instruction. */
const TOKENS_AROUND_TEXT = 128

/** Texts as vectors. */
export const embeddingsOperation: Operation<EmbeddingsCall> = {
  paths: ['/v1/embeddings'],
  read: openEmbeddingsCall,
  write: (request, facts, tokenizer) => writeEmbeddingsCall(request as unknown as EmbeddingsRequest, facts, tokenizer),
  units: ['input', 'audio_input', 'request'],
  tellingField: 'input',
  /** There is no vector of nothing. */
  saying: (text) => ({ input: text || ' ' }),

  size: (call) => ({ inputTokens: estimateInputTokens(call), outputTokens: 0, images: undefined }),
  choices: () => 1,

  mostInputTokens: ({ body, outline: { input } }) =>
    body.length + TOKENS_AROUND_TEXT * (Array.isArray(input) ? input.length : 1),
  mostOutputTokens: () => 0,
  completeUsage: (usage, call) => completeTokens(usage, call),
  usageSoFar: (usage, call) => completeTokens(usage, call),
  usageJson: ({ inputTokens = 0, outputTokens = 0, estimated }) => ({
    prompt_tokens: inputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(estimated === true && { estimated }),
  }),

  endStream: ({ frames }) => frames,
}
