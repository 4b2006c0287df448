import type { ChatExtras } from '../../operations/chat/chat-extras.ts'
import type { ChatRequest } from '../../operations/chat/chat.ts'

/** A request whose last words are the model's own, marked so that the target goes on with them. */
export function prefilled(request: ChatRequest, { prefill }: ChatExtras): ChatRequest {
  const last = request.messages.at(-1)
  if (prefill === undefined || prefill === 'as_it_is') return request
  if (last?.role !== 'assistant' || last.tool_calls !== undefined) return request
  if (prefill === 'continue_final_message')
    return { ...request, continue_final_message: true, add_generation_prompt: false }
  return { ...request, messages: [...request.messages.slice(0, -1), { ...last, [prefill]: true }] }
}
