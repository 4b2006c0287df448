import type { ChatCall } from '../../operations/chat/chat-call.ts'
import type { ResponseKeeping } from './response-keeping.ts'
import type { ResponseObject, ResponsesRequest, ResponseTextFormat, ResponseTool } from './shapes.ts'

/** What a response repeats of its request, and what is the same in all. */
export function emptyResponse(
  request: ResponsesRequest,
  { id, receivedAt }: ChatCall,
  keeping?: ResponseKeeping,
): ResponseObject {
  const { reasoning, text, user, safety_identifier: safetyIdentifier, prompt_cache_key: cacheKey } = request
  return {
    id: keeping?.keep === undefined ? `resp_${id}` : keeping.id,
    object: 'response',
    created_at: Math.trunc(receivedAt / 1000),
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: (request['max_tool_calls'] as number | null | undefined) ?? null,
    metadata: request.metadata ?? {},
    model: request.model,
    output: [],
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: keeping?.before ?? null,
    reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.summary ?? null },
    store: keeping?.keep !== undefined,
    temperature: request.temperature ?? null,
    text: {
      format: (text?.format ?? { type: 'text' }) as ResponseTextFormat,
      ...(text?.verbosity != null && { verbosity: text.verbosity }),
    },
    tool_choice: request.tool_choice ?? 'auto',
    tools: (request.tools ?? []).map((tool) => toolOf(tool as ResponseTool)),
    top_logprobs: 0,
    top_p: request.top_p ?? null,
    truncation: 'disabled',
    // Absent, never null: clients choke on a user of null.
    ...(typeof user === 'string' && { user }),
    ...(typeof safetyIdentifier === 'string' && { safety_identifier: safetyIdentifier }),
    ...(typeof cacheKey === 'string' && { prompt_cache_key: cacheKey }),
  }
}

const toolOf = ({ name, description, parameters, strict }: ResponseTool): ResponseTool => ({
  type: 'function',
  name,
  description: description ?? null,
  parameters: parameters ?? null,
  // Nobody here makes a schema strict that was not asked to be.
  strict: strict ?? false,
})
