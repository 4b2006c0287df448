import type { Json } from '../../json.ts'
import type { CostDetails } from '../../operations/chat/chat.ts'
import type { RoutingFields } from '../../wire/call-facts.ts'
import type { MessageCounts } from '../../wire/message-usage.ts'

/** The shapes of Anthropic's Messages API, as far as the gateway reads and writes them. */

/** A block of what is said to a model or by it. */
export interface MessageBlock {
  type: string
  [field: string]: unknown
}

/** The body of `POST /v1/messages`. */
export interface MessagesRequest extends RoutingFields {
  max_tokens: number
  messages: { role: string; content: string | MessageBlock[] }[]
  system?: string | MessageBlock[] | null
  stream?: boolean | null
  [field: string]: unknown
}

export interface MessageUsage extends MessageCounts {
  /** Whether some of the counts are the gateway's own guess, where the provider did not say. */
  estimated?: boolean
  /** Whether the provider said more than the request can have used, or may cost: what is charged is less. */
  capped?: boolean
  /** The charge in US dollars, for reading; absent when it is not known. */
  cost?: number
  cost_details?: CostDetails
}

/**
 * Why an answer ended: https://docs.claude.com/en/api/handling-stop-reasons. The last is the gateway's own: a limit on money had
 * no more left for the answer.
 */
export type StopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | 'model_context_window_exceeded'
  | 'budget_exhausted'

/** The answer to a messages request. */
export interface MessageObject {
  id: string
  type: 'message'
  role: 'assistant'
  /** The catalog id of the model that answered. */
  model: string
  content: MessageBlock[]
  stop_reason: StopReason | null
  stop_sequence: string | null
  usage: MessageUsage
}

/** What happens in a stream. */
export type MessageEvent =
  | { type: 'message_start'; message: MessageObject }
  | { type: 'ping' }
  | { type: 'content_block_start'; index: number; content_block: MessageBlock }
  | { type: 'content_block_delta'; index: number; delta: Json & { type: string } }
  | { type: 'content_block_stop'; index: number }
  | { type: 'message_delta'; delta: { stop_reason: StopReason; stop_sequence: string | null }; usage: MessageUsage }
  | { type: 'message_stop' }
