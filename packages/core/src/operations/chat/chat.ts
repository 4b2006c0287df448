import type { RoutingFields } from '../../wire/call-facts.ts'

/** OpenAI's chat completion shapes, as far as the gateway reads them; everything else passes through untouched. */

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | (string & {})

export interface TextPart {
  type: 'text'
  text: string
}

export interface ImagePart {
  type: 'image_url'
  image_url: { url: string; detail?: 'auto' | 'low' | 'high' }
}

export type ContentPart = TextPart | ImagePart | { type: string & {}; [field: string]: unknown }

export interface ToolCall {
  id: string
  type: 'function'
  function: { name: string; arguments: string }
}

export interface ChatMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool' | 'function' | (string & {})
  content?: string | ContentPart[] | null
  name?: string
  tool_calls?: ToolCall[]
  tool_call_id?: string
  /** The model's reasoning, which DeepSeek and Moonshot want back in the history. */
  reasoning_content?: string | null
  [field: string]: unknown
}

export interface FunctionTool {
  type: 'function'
  function: { name: string; description?: string; parameters?: Record<string, unknown>; strict?: boolean | null }
}

export type ResponseFormat =
  | { type: 'text' }
  | { type: 'json_object' }
  | {
      type: 'json_schema'
      json_schema: { name: string; description?: string; schema?: Record<string, unknown>; strict?: boolean | null }
    }

/** The body of `POST /v1/chat/completions`. Unknown fields pass through to upstreams that take them. */
export interface ChatRequest extends RoutingFields {
  messages: ChatMessage[]
  stream?: boolean | null
  stream_options?: { include_usage?: boolean; [field: string]: unknown } | null
  max_tokens?: number | null
  max_completion_tokens?: number | null
  temperature?: number | null
  top_p?: number | null
  n?: number | null
  stop?: string | string[] | null
  seed?: number | null
  frequency_penalty?: number | null
  presence_penalty?: number | null
  logit_bias?: Record<string, number> | null
  logprobs?: boolean | null
  top_logprobs?: number | null
  tools?: (FunctionTool | { type: string & {}; [field: string]: unknown })[] | null
  tool_choice?: unknown
  parallel_tool_calls?: boolean | null
  response_format?: ResponseFormat | null
  reasoning_effort?: ReasoningEffort | null
  user?: string | null
  [field: string]: unknown
}

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call' | (string & {})

/** What money was charged for an answer. */
export interface CostDetails {
  /** The exact charge in US dollars, as a decimal string. */
  total: string
}

/** OpenAI's usage object, and what the answer cost. */
export interface CompletionUsage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  prompt_tokens_details?: { cached_tokens?: number; [field: string]: unknown } | null
  completion_tokens_details?: { reasoning_tokens?: number; [field: string]: unknown } | null
  /** Whether some of the counts are the gateway's own guess, where the provider did not say. */
  estimated?: boolean
  /** Whether the provider said more than the request can have used, or may cost: what is charged is less. */
  capped?: boolean
  /** The charge in US dollars, for reading; absent when it is not known. */
  cost?: number
  cost_details?: CostDetails
  [field: string]: unknown
}

/** A picture in an answer, as OpenRouter spells it: a data URL, or an address. */
export interface PictureMade {
  type: 'image_url'
  image_url: { url: string }
}

export interface AssistantMessage {
  role: 'assistant'
  content: string | null
  refusal: string | null
  reasoning_content?: string | null
  tool_calls?: ToolCall[]
  images?: PictureMade[]
  [field: string]: unknown
}

export interface ChatChoice {
  index: number
  message: AssistantMessage
  logprobs: unknown
  finish_reason: FinishReason
}

/** The answer to a chat request that did not stream. */
export interface ChatCompletion {
  id: string
  object: 'chat.completion'
  /** Seconds since the epoch. */
  created: number
  /** The catalog id of the model that answered. */
  model: string
  choices: ChatChoice[]
  usage?: CompletionUsage
  system_fingerprint?: string | null
  [field: string]: unknown
}

export interface ToolCallDelta {
  index: number
  id?: string
  type?: 'function'
  function?: { name?: string; arguments?: string }
}

export interface ChatDelta {
  role?: 'assistant'
  content?: string | null
  refusal?: string | null
  reasoning_content?: string | null
  tool_calls?: ToolCallDelta[]
  images?: PictureMade[]
  [field: string]: unknown
}

export interface ChunkChoice {
  index: number
  delta: ChatDelta
  logprobs?: unknown
  finish_reason: FinishReason | null
}

/** One event of a streamed chat answer. The chunk that carries `usage` has no choices. */
export interface ChatChunk {
  id: string
  object: 'chat.completion.chunk'
  created: number
  model: string
  choices: ChunkChoice[]
  usage?: CompletionUsage | null
  system_fingerprint?: string | null
  [field: string]: unknown
}
