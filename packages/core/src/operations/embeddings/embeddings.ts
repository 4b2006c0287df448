import type { RoutingFields } from '../../wire/call-facts.ts'
import type { CostDetails } from '../chat/chat.ts'

/** OpenAI's embeddings shapes, as far as the gateway reads them; everything else passes through untouched. */

/** The body of `POST /v1/embeddings`. Unknown fields pass through to upstreams that take them. */
export interface EmbeddingsRequest extends RoutingFields {
  /** A text, several, or tokens of OpenAI's `cl100k_base` in their place. */
  input: string | string[] | number[] | number[][]
  /** @default 'float' */
  encoding_format?: 'float' | 'base64' | null
  /** Length of the vectors, where the model leaves a choice. */
  dimensions?: number | null
  user?: string | null
  [field: string]: unknown
}

export interface EmbeddingsUsage {
  prompt_tokens: number
  total_tokens: number
  /** Whether some of the counts are the gateway's own guess, where the provider did not say. */
  estimated?: boolean
  /** Whether the provider said more than the request can have used, or may cost: what is charged is less. */
  capped?: boolean
  /** The charge in US dollars, for reading; absent when it is not known. */
  cost?: number
  cost_details?: CostDetails
  [field: string]: unknown
}

export interface Embedding {
  object: 'embedding'
  /** Which input it belongs to. */
  index: number
  /** A text is base64 over little-endian 32-bit floats. */
  embedding: number[] | string
}

/** The answer to an embeddings request. */
export interface EmbeddingsAnswer {
  object: 'list'
  data: Embedding[]
  /** The catalog id of the model that answered. */
  model: string
  usage?: EmbeddingsUsage
  [field: string]: unknown
}
