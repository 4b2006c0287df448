import type { RoutingFields } from '../../wire/call-facts.ts'
import type { CostDetails } from '../chat/chat.ts'

/** Cohere's rerank shapes, which Jina, vLLM, Together and others share, as far as the gateway reads them. */

/** A document with more to it than a text. */
export interface RerankDocument {
  text?: string
  [field: string]: unknown
}

/** The body of `POST /v1/rerank` and `POST /v2/rerank`. Unknown fields pass through to upstreams that take them. */
export interface RerankRequest extends RoutingFields {
  /** What the documents are to be about. */
  query: string
  /** A text each, or an object with `text`. At most 10,000. */
  documents: (string | RerankDocument)[]
  /** How many of the best to tell of. Default: all. */
  top_n?: number | null
  /** Fields of documents that are objects to rank by, the first most important. @default ['text'] */
  rank_fields?: string[] | null
  /**
   * Whether results repeat their documents.
   * @default false
   */
  return_documents?: boolean | null
  /** How many tokens of each document are looked at, where the provider cuts them. */
  max_tokens_per_doc?: number | null
  user?: string | null
  [field: string]: unknown
}

/** One document's place in the ranking. */
export interface RerankResult {
  /** Which of the documents it is, from 0. */
  index: number
  /** From 0 to 1 with most models: the higher, the more it is about the query. */
  relevance_score: number
  /** The document itself, when it was asked for. */
  document?: RerankDocument
}

export interface RerankUsage {
  /** Queries with up to 100 documents, which is how Cohere bills. */
  search_units?: number
  prompt_tokens?: number
  total_tokens?: number
  /** Whether some of the counts are the gateway's own guess, where the provider did not say. */
  estimated?: boolean
  /** Whether the provider said more than the request can have used, or may cost: what is charged is less. */
  capped?: boolean
  /** The charge in US dollars, for reading; absent when it is not known. */
  cost?: number
  cost_details?: CostDetails
  [field: string]: unknown
}

/** The answer to a rerank request. */
export interface RerankAnswer {
  id: string
  /** The catalog id of the model that answered. */
  model: string
  /** The most relevant first. */
  results: RerankResult[]
  meta: { api_version: { version: string }; billed_units: { search_units: number }; [field: string]: unknown }
  usage?: RerankUsage
  [field: string]: unknown
}
