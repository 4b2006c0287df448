import { createHash } from 'node:crypto'
import { isRecord } from '../../json.ts'
import { eachMessage, eachRecord } from '../changes/messages.ts'

const SHORT = /^[a-zA-Z0-9]{9}$/

/** The ids of tool calls that another provider made, as Mistral wants them. One id always becomes the same other. */
export const shortToolIds = eachMessage('ids of tool calls become 9 letters and digits', (message) => {
  const id = message['tool_call_id']
  const calls = eachRecord(message['tool_calls'], (call) => {
    const { id: callId } = call
    return needsShortening(callId) ? { ...call, id: shortened(callId) } : call
  })
  const renamed = needsShortening(id) ? { ...message, tool_call_id: shortened(id) } : message
  return calls === message['tool_calls'] ? renamed : { ...renamed, tool_calls: calls }
})

const needsShortening = (id: unknown): id is string => typeof id === 'string' && !SHORT.test(id)

const shortened = (id: string): string =>
  createHash('sha256')
    .update(id)
    .digest('base64')
    .replaceAll(/[^a-zA-Z0-9]/g, '')
    .slice(0, 9)

/** What of a tool call Mistral knows. */
export const plainToolCall = (call: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const { id, type = 'function', function: made, ...rest } = call
  if (!isRecord(made)) return call
  const { name, arguments: given, ...more } = made
  if (Object.keys(rest).length === 0 && Object.keys(more).length === 0) return call
  return { id, type, function: { name, arguments: given } }
}
