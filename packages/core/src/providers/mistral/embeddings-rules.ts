import type { EmbeddingsRules } from '../openai-compatible/embeddings-rules.ts'

/** What Mistral takes of an embeddings request: it refuses fields it does not know, `user` among them. */
export const mistralEmbeddings: EmbeddingsRules = {
  takes: new Set(['model', 'input', 'encoding_format', 'dimensions', 'output_dimension', 'output_dtype']),
  renames: { dimensions: 'output_dimension' },
}
