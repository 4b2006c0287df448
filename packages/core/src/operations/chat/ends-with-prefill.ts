import { isRecord } from '../../json.ts'
import type { ChatCall } from './chat-call.ts'

/** Whether a call ends with the model's own words, to be gone on with: calls of tools are none. */
export function endsWithPrefill({ native, outline }: ChatCall): boolean {
  if (native?.endsWithAnswer === true) return true
  const last: unknown = outline.messages.at(-1)
  if (!isRecord(last) || last['role'] !== 'assistant') return false
  const { content, tool_calls: calls } = last
  const isSaid = typeof content === 'string' ? content !== '' : Array.isArray(content) && content.length > 0
  return isSaid && !(Array.isArray(calls) && calls.length > 0)
}
