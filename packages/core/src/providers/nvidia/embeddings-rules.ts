import type { EmbeddingsCall } from '../../operations/embeddings/embeddings-call.ts'
import type { EmbeddingsAsked, EmbeddingsRules } from '../openai-compatible/embeddings-rules.ts'
import type { TranslationTarget } from '../provider.ts'

/** Whether texts are searched for, or searched in: models for retrieval embed the two in different ways. */
type InputType = 'query' | 'passage'

/**
 * What NVIDIA's embedding models take. They refuse fields they do not know, and must be told the `input_type`.
 *
 * See "Use the API (OpenAI) for NVIDIA NeMo Retriever Embedding NIM" in NVIDIA's documentation.
 */
export const nvidiaEmbeddings: EmbeddingsRules = {
  takes: new Set(['model', 'input', 'input_type', 'encoding_format', 'truncate', 'dimensions', 'modality', 'user']),
  // What NVIDIA's own integrations send at once.
  mostTexts: 50,
  asks: nvidiaAsked,
}

function nvidiaAsked(call: EmbeddingsCall, { upstreamModel }: TranslationTarget): EmbeddingsAsked {
  const { outline } = call
  const bare = upstreamModel.replace(SUFFIX, '')
  const said = outline['input_type'] ?? suffixOf(outline.model) ?? suffixOf(upstreamModel)
  return { upstreamModel: bare, fields: { input_type: said ?? usualType(outline.input) } }
}

/** How NVIDIA lets callers say it who have only a model's name to say it with. */
const SUFFIX = /-(query|passage)$/

const suffixOf = (model: string): InputType | undefined => SUFFIX.exec(model)?.[1] as InputType | undefined

/** What is embedded alone is nearly always asked, what comes as a list is stored. */
const usualType = (input: EmbeddingsCall['outline']['input']): InputType => (Array.isArray(input) ? 'passage' : 'query')
