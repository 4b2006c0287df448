import type { ChatCall } from '../../operations/chat/chat-call.ts'
import { writeChatCall } from '../../operations/chat/chat-call.ts'
import type { ContinuationStyle } from '../../operations/chat/chat-extras.ts'
import type { ChatRequest } from '../../operations/chat/chat.ts'
import { asBuffer } from '../../bytes/scan-object.ts'

/** Prose has about four letters to a token. */
const LETTERS_PER_TOKEN = 4

/** A call that asks for the rest of an answer, of which `said` has been delivered. */
export function continueChat(call: ChatCall, said: string, style: ContinuationStyle): ChatCall {
  const request = JSON.parse(asBuffer(call.body).toString('utf8')) as ChatRequest
  const { body: _body, scan: _scan, outline: _outline, native: _native, fitted: _fitted, ...facts } = call
  const mark = style === 'continue_final_message' ? {} : { [style]: true }
  return writeChatCall(
    {
      ...request,
      messages: [...request.messages, { role: 'assistant', content: said, ...mark }],
      ...(style === 'continue_final_message' && { continue_final_message: true, add_generation_prompt: false }),
      ...lessBy(Math.floor(said.length / LETTERS_PER_TOKEN), request),
    },
    facts,
  )
}

/** What was said counts towards the limit that the caller has set. */
function lessBy(tokens: number, request: ChatRequest): Partial<ChatRequest> {
  const { max_completion_tokens: newer, max_tokens: older } = request
  return {
    ...(newer != null && { max_completion_tokens: Math.max(1, newer - tokens) }),
    ...(older != null && { max_tokens: Math.max(1, older - tokens) }),
  }
}
