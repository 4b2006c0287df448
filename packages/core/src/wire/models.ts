import type { ShownRates } from '../units.ts'
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
  /** Whether it goes on with a last turn of the model's own; absent where nobody said. */
  prefill?: boolean
  pricing?: ModelPricing
  /** Names of the providers that can answer now, in the order they are tried. */
  providers: readonly string[]
}

/** When a row of a price holds; all that is given. */
export interface ShownCondition {
  /** The tier in which the upstream says that it has served the request. */
  service_tier?: string
  /** Prompts of more tokens than this. */
  above_input_tokens?: number
}

/** Decimal strings in US dollars: tokens per 1M, all else each. */
export interface ModelPricing extends ShownRates {
  currency: 'USD'
  /** What holds in place of these rates under a condition, the most particular first. */
  conditions?: readonly (ShownCondition & ShownRates)[]
  /** Where the price comes from. An `inferred` price is a neighbour's list price. */
  source: PriceSource
  as_of?: string
}

export type PriceSource = 'published' | 'directory' | 'inferred' | 'config' | 'sandbox'

export interface ModelList {
  object: 'list'
  data: ModelEntry[]
}
