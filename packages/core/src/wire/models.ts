import type { OperationName } from './operation-name.ts'

/** One entry of `GET /v1/models`: OpenAI's fields, and what Speka knows besides. */
export interface ModelEntry {
  id: string
  object: 'model'
  /** Seconds since the epoch; 0 when nobody recorded it. */
  created: number
  owned_by: string
  name?: string
  /** The endpoint that serves it, or the most usual of several. */
  endpoint: OperationName
  endpoints: readonly OperationName[]
  /** In tokens. */
  context_window?: number
  capabilities?: readonly string[]
  pricing?: ModelPricing
  /** Names of the providers that can answer now, in the order they are tried. */
  providers: readonly string[]
}

/** Decimal strings in US dollars: per 1M tokens, or per image. */
export interface ModelPricing {
  currency: 'USD'
  input_per_1m?: string
  cached_input_per_1m?: string
  output_per_1m?: string
  per_image?: string
  /** Where the price comes from. An `inferred` price is a neighbour's list price. */
  source: PriceSource
  as_of?: string
}

export type PriceSource = 'published' | 'directory' | 'inferred' | 'config' | 'sandbox'

export interface ModelList {
  object: 'list'
  data: ModelEntry[]
}
