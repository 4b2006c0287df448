import { isRecord } from '../../json.ts'
import { eachMessage, eachRecord } from '../changes/messages.ts'
import type { Rewrite } from '../openai-compatible/chat-rules.ts'

/** The fields of a message by its role. Any other is refused, even with nothing in it. */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  system: ['role', 'content'],
  user: ['role', 'content'],
  assistant: ['role', 'content', 'tool_calls', 'prefix'],
  tool: ['role', 'content', 'tool_call_id', 'name'],
}

/** Messages without what Mistral does not know: names of users, reasoning, refusals, whatever other providers left there. */
export const knownFields = eachMessage('fields of messages that it does not know are left out', (message) => {
  const role = String(message['role'])
  const known = Object.hasOwn(fieldsOf, role) ? fieldsOf[role] : undefined
  if (known === undefined) return message
  const kept = Object.entries(message).filter(([field, value]) => known.includes(field) && value !== undefined)
  const calls = eachRecord(message['tool_calls'], plainToolCall)
  if (kept.length === Object.keys(message).length && calls === message['tool_calls']) return message
  const plain = Object.fromEntries(kept)
  return calls === message['tool_calls'] ? plain : { ...plain, tool_calls: calls }
})

/** A conversation that ends with the assistant is to be gone on with, which it wants said. */
export const continuation: Rewrite = {
  says: 'an assistant message at the end gets `prefix`',
  rewrite: (value) => {
    if (!Array.isArray(value)) return value
    const messages: readonly unknown[] = value
    const last = messages.at(-1)
    if (!isRecord(last) || last['role'] !== 'assistant' || last['prefix'] === true || Array.isArray(last['tool_calls']))
      return value
    return [...messages.slice(0, -1), { ...last, prefix: true }]
  },
}

/** What of a tool call Mistral knows. */
const plainToolCall = (call: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const { id, type = 'function', function: made, ...rest } = call
  if (!isRecord(made)) return call
  const { name, arguments: given, ...more } = made
  if (Object.keys(rest).length === 0 && Object.keys(more).length === 0) return call
  return { id, type, function: { name, arguments: given } }
}
