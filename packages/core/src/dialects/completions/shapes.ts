import type { RoutingFields } from '../../wire/call-facts.ts'
import type { CompletionUsage } from '../../operations/chat/chat.ts'

/** The shapes of OpenAI's older completions API, as far as the gateway reads and writes them. */

/** The body of `POST /v1/completions`. Fields that chat has too pass through to upstreams that take them. */
export interface CompletionsRequest extends RoutingFields {
  /** One text; or one in an array; or the tokens of one, of OpenAI's `cl100k_base`. */
  prompt: string | string[] | number[] | number[][]
  /** @default 16, as OpenAI has it */
  max_tokens?: number | null
  temperature?: number | null
  top_p?: number | null
  n?: number | null
  stop?: string | string[] | null
  seed?: number | null
  stream?: boolean | null
  stream_options?: { include_usage?: boolean; [field: string]: unknown } | null
  user?: string | null
  [field: string]: unknown
}

/** The last is the gateway's own: a limit on money had no more left for the answer. */
export type CompletionFinishReason = 'stop' | 'length' | 'content_filter' | 'budget_exhausted'

export interface CompletionChoice<Finish = CompletionFinishReason> {
  index: number
  text: string
  logprobs: null
  finish_reason: Finish
}

interface CompletionHead {
  id: string
  object: 'text_completion'
  /** Seconds since the epoch. */
  created: number
  /** The catalog id of the model that answered. */
  model: string
  system_fingerprint?: string
}

/** The answer to a completions request that did not stream. */
export interface Completion extends CompletionHead {
  choices: CompletionChoice[]
  usage?: CompletionUsage
}

/** One event of a streamed completion. The one that carries `usage` has no choices. */
export interface CompletionChunk extends CompletionHead {
  choices: CompletionChoice<CompletionFinishReason | null>[]
  usage?: CompletionUsage
}
