import type { RoutingFields } from '../../wire/call-facts.ts'
import type { CostDetails, ReasoningEffort } from '../../operations/chat/chat.ts'
import type { ErrorBody } from '../../wire/error-body.ts'

/** The shapes of OpenAI's responses API, as far as the gateway reads and writes them. */

/** A part of what is said to a model or by it. */
export type ResponseInputPart =
  | { type: 'input_text' | 'output_text'; text: string; [field: string]: unknown }
  | { type: 'input_image'; image_url?: string | null; detail?: string | null; [field: string]: unknown }
  | { type: 'input_file'; file_data?: string | null; filename?: string | null; [field: string]: unknown }
  | { type: 'refusal'; refusal: string; [field: string]: unknown }
  | { type: string & {}; [field: string]: unknown }

/** One thing that was said or done so far. */
export type ResponseInputItem =
  | {
      type?: 'message'
      role: 'user' | 'assistant' | 'system' | 'developer'
      content: string | ResponseInputPart[]
      [field: string]: unknown
    }
  | { type: 'function_call'; call_id: string; name: string; arguments: string; [field: string]: unknown }
  | { type: 'function_call_output'; call_id: string; output: string | ResponseInputPart[]; [field: string]: unknown }
  | { type: 'reasoning'; id?: string; summary: { type: 'summary_text'; text: string }[]; [field: string]: unknown }
  | { type: string & {}; [field: string]: unknown }

/** A function that the model may call. */
export interface ResponseTool {
  type: 'function'
  name: string
  description?: string | null
  parameters?: Record<string, unknown> | null
  strict?: boolean | null
  [field: string]: unknown
}

export type ResponseTextFormat =
  | { type: 'text' }
  | { type: 'json_object' }
  | {
      type: 'json_schema'
      name: string
      description?: string
      schema: Record<string, unknown>
      strict?: boolean | null
    }

/** The body of `POST /v1/responses`. Fields that chat has too pass through to upstreams that take them. */
export interface ResponsesRequest extends RoutingFields {
  /** What was said so far, whole: nothing of earlier answers is kept. */
  input: string | ResponseInputItem[]
  /** What the model is told before everything else. */
  instructions?: string | null
  max_output_tokens?: number | null
  temperature?: number | null
  top_p?: number | null
  tools?: (ResponseTool | { type: string & {}; [field: string]: unknown })[] | null
  tool_choice?: unknown
  parallel_tool_calls?: boolean | null
  text?: { format?: ResponseTextFormat | null; verbosity?: string | null } | null
  reasoning?: { effort?: ReasoningEffort | null; summary?: string | null; [field: string]: unknown } | null
  stream?: boolean | null
  user?: string | null
  [field: string]: unknown
}

/** What a stretch of the text rests on: a page, for the most part. Indexes count its characters. */
export interface ResponseAnnotation {
  type: string
  [field: string]: unknown
}

export interface ResponseText {
  type: 'output_text'
  text: string
  annotations: ResponseAnnotation[]
  logprobs: []
}

export interface ResponseRefusal {
  type: 'refusal'
  refusal: string
}

export interface ResponseSummary {
  type: 'summary_text'
  text: string
}

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

/** What the model said. */
export interface ResponseMessage {
  id: string
  type: 'message'
  status: ItemStatus
  role: 'assistant'
  content: (ResponseText | ResponseRefusal)[]
}

/** What the model thought before it answered. */
export interface ResponseReasoning {
  id: string
  type: 'reasoning'
  summary: ResponseSummary[]
}

/** A function that the model wants called. */
export interface ResponseFunctionCall {
  id: string
  type: 'function_call'
  status: ItemStatus
  call_id: string
  name: string
  arguments: string
}

/** A picture that the model made. */
export interface ResponseImage {
  id: string
  type: 'image_generation_call'
  status: 'in_progress' | 'completed'
  /** Its bytes in base64; `null` while they are not there. */
  result: string | null
}

export type ResponseItem = ResponseMessage | ResponseReasoning | ResponseFunctionCall | ResponseImage

export interface ResponseUsage {
  input_tokens: number
  /** 0 also stands for a count that the provider did not report. */
  input_tokens_details: { cached_tokens: number; cache_write_tokens: number }
  output_tokens: number
  /** 0 also stands for a count that the provider did not report. */
  output_tokens_details: { reasoning_tokens: number }
  total_tokens: number
  /** Whether some of the counts are the gateway's own guess, where the provider did not say. */
  estimated?: boolean
  /** Whether the provider said more than the request can have used, or may cost: what is charged is less. */
  capped?: boolean
  /** The charge in US dollars, for reading; absent when it is not known. */
  cost?: number
  cost_details?: CostDetails
}

/** The answer to a responses request: whole, or as far as a stream has come. */
export interface ResponseObject {
  id: string
  object: 'response'
  /** When the request arrived, in seconds since the epoch. */
  created_at: number
  status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  background: false
  error: { code: string; message: string } | null
  /** The last reason is the gateway's own: a limit on money had no more left for the answer. */
  incomplete_details: { reason: 'max_output_tokens' | 'content_filter' | 'budget_exhausted' } | null
  instructions: string | null
  max_output_tokens: number | null
  max_tool_calls: number | null
  metadata: NonNullable<RoutingFields['metadata']>
  /** The catalog id of the model that answered. */
  model: string
  output: ResponseItem[]
  parallel_tool_calls: boolean
  previous_response_id: string | null
  reasoning: { effort: ReasoningEffort | null; summary: string | null }
  service_tier?: string
  /** Whether the gateway keeps it. */
  store: boolean
  /** `null` where the request left it to the provider. */
  temperature: number | null
  text: { format: ResponseTextFormat; verbosity?: string }
  tool_choice: unknown
  tools: ResponseTool[]
  top_logprobs: 0
  top_p: number | null
  truncation: 'disabled'
  /** Absent while it is not known. */
  usage?: ResponseUsage
  user?: string
  safety_identifier?: string
  prompt_cache_key?: string
}

/** Where in the answer something is. */
interface Place {
  item_id: string
  output_index: number
}

interface ContentPlace extends Place {
  content_index: number
}

interface SummaryPlace extends Place {
  summary_index: number
}

/** What happens in a stream. */
export type ResponseHappening =
  | {
      type:
        | 'response.created'
        | 'response.in_progress'
        | 'response.completed'
        | 'response.incomplete'
        | 'response.failed'
      response: ResponseObject
    }
  | {
      type: 'response.output_item.added' | 'response.output_item.done'
      output_index: number
      item: ResponseItem
    }
  | ({
      type: 'response.content_part.added' | 'response.content_part.done'
      part: ResponseText | ResponseRefusal
    } & ContentPlace)
  | ({ type: 'response.output_text.delta'; delta: string; logprobs: [] } & ContentPlace)
  | ({ type: 'response.output_text.done'; text: string; logprobs: [] } & ContentPlace)
  | ({
      type: 'response.output_text.annotation.added'
      annotation_index: number
      annotation: ResponseAnnotation
    } & ContentPlace)
  | ({ type: 'response.image_generation_call.completed' } & Place)
  | ({ type: 'response.refusal.delta'; delta: string } & ContentPlace)
  | ({ type: 'response.refusal.done'; refusal: string } & ContentPlace)
  | ({
      type: 'response.reasoning_summary_part.added' | 'response.reasoning_summary_part.done'
      part: ResponseSummary
    } & SummaryPlace)
  | ({ type: 'response.reasoning_summary_text.delta'; delta: string } & SummaryPlace)
  | ({ type: 'response.reasoning_summary_text.done'; text: string } & SummaryPlace)
  | ({ type: 'response.function_call_arguments.delta'; delta: string } & Place)
  | ({ type: 'response.function_call_arguments.done'; name: string; arguments: string } & Place)
  /** What OpenAI describes, and the same inside `error`, where its SDK for Python looks for it. */
  | ({ type: 'error'; code: string; message: string; param: string | null } & ErrorBody)

/** One event of a streamed answer, numbered from 0. */
export type ResponseEvent = ResponseHappening & { sequence_number: number }
