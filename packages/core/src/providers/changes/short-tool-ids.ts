import { createHash } from 'node:crypto'
import { eachMessage, eachRecord } from './messages.ts'

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
