import type { RoutingFields } from '../../wire/call-facts.ts'
import type { CostDetails } from '../chat/chat.ts'

/** OpenAI's moderation shapes, which Mistral and others share, as far as the gateway reads them. */

/** A text or a picture, of which one input may have several. */
export type ModerationPart =
  | { type: 'text'; text: string }
  | { type: 'image_url'; image_url: { url: string } }
  | { type: string; [field: string]: unknown }

/** The body of `POST /v1/moderations`. Unknown fields pass through to upstreams that take them. */
export interface ModerationRequest extends Partial<RoutingFields> {
  /** One text, several that are judged one by one, or parts that are judged together. */
  input: string | string[] | ModerationPart[]
  [field: string]: unknown
}

/** The same, once its model is known. */
export interface ModerationFields extends RoutingFields {
  input: ModerationRequest['input']
  [field: string]: unknown
}

/** What was found in one input. Which categories there are is the model's to say. */
export interface ModerationResult {
  /** Whether any category applies. */
  flagged: boolean
  categories: Record<string, boolean>
  /** From 0 to 1: the higher, the surer. */
  category_scores: Record<string, number>
  /** In which kinds of parts a category was looked for, where the provider says. */
  category_applied_input_types?: Record<string, string[]>
  [field: string]: unknown
}

export interface ModerationUsage {
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

/** The answer to a moderation request. */
export interface ModerationAnswer {
  id: string
  /** The catalog id of the model that answered. */
  model: string
  /** One for each input, in their order. */
  results: ModerationResult[]
  usage?: ModerationUsage
  [field: string]: unknown
}
