import type { EmbeddingsRules } from '../openai-compatible/embeddings-rules.ts'

/** https://docs.cohere.com/docs/compatibility-api#embeddings */
export const cohereEmbeddings: EmbeddingsRules = { takes: new Set(['model', 'input', 'encoding_format']) }
