import { isRecord, type Json } from '../../json.ts'
import type { Rewrite } from '../openai-compatible/chat-rules.ts'
import { saysNothing } from '../tool-calls/plain-call.ts'

/** A message with something changed in it; the very same when nothing is. */
type MessageChange = (message: Json) => Json

/** Goes over a list and keeps it when nothing in it changes. What is not an object is the upstream's to judge. */
export function eachRecord(value: unknown, change: (item: Json) => Json): unknown {
  if (!Array.isArray(value)) return value
  const items: readonly unknown[] = value
  const changed = items.map((item) => (isRecord(item) ? change(item) : item))
  return changed.some((item, index) => item !== items[index]) ? changed : value
}

export const eachMessage = (says: string, change: MessageChange): Rewrite => ({
  says,
  rewrite: (value) => eachRecord(value, change),
})

/** OpenAI's newer name for the system's role, which chat templates do not know: some skip such a message. */
export const developerAsSystem = eachMessage('`developer` becomes `system`', (message) =>
  message['role'] === 'developer' ? { ...message, role: 'system' } : message,
)

/** Models call tools without arguments in several ways; servers read each as JSON. */
export const argumentsGiven = eachMessage('arguments of tool calls that say nothing become `{}`', (message) => {
  const calls = eachRecord(message['tool_calls'], (call) => {
    const { function: made } = call
    if (!isRecord(made)) return call
    const { arguments: given } = made
    if (typeof given === 'string' ? !saysNothing(given) : given !== null && given !== undefined) return call
    return { ...call, function: { ...made, arguments: '{}' } }
  })
  return calls === message['tool_calls'] ? message : { ...message, tool_calls: calls }
})

/** Text in parts as one text, for upstreams that take a list for an image. */
export const textPartsJoined = eachMessage('text in parts becomes one text', (message) => {
  const { content } = message
  if (!Array.isArray(content) || content.length === 0 || !content.every(isTextPart)) return message
  return { ...message, content: content.map(({ text }) => text).join('\n') }
})

const isTextPart = (part: unknown): part is { text: string } =>
  isRecord(part) && part['type'] === 'text' && typeof part['text'] === 'string'

/** The history's reasoning under the name that labs want it back by. */
export const reasoningAsContent = eachMessage('`reasoning` becomes `reasoning_content`', (message) => {
  if (!('reasoning' in message)) return message
  const { reasoning, ...rest } = message
  return typeof reasoning === 'string' && !reasoningIn(rest) ? { ...rest, reasoning_content: reasoning } : rest
})

/** What a model has thought, under the one name that the upstream knows. What other providers signed of it is refused, and left out. */
export const thoughtsAs = (name: 'reasoning' | 'reasoning_content'): Rewrite =>
  eachMessage(`what a model has thought is sent as \`${name}\` alone`, (message) => {
    if (!thoughts.some((field) => field in message)) return message
    const rest = Object.fromEntries(Object.entries(message).filter(([field]) => !thoughts.includes(field)))
    const said = [message[name], message['reasoning_content'], message['reasoning']].find(
      (text) => typeof text === 'string' && text !== '',
    )
    return said === undefined ? rest : { ...rest, [name]: said }
  })

/** Whether a message of the history has its reasoning. */
export const reasoningIn = (message: Json): boolean =>
  typeof message['reasoning_content'] === 'string' && message['reasoning_content'] !== ''

/** Reasoning is an answer's, and refused in a question, as is what other providers signed of it. */
export const withoutReasoning = eachMessage('`reasoning_content` and its like are left out', (message) =>
  thoughts.some((field) => field in message)
    ? Object.fromEntries(Object.entries(message).filter(([field]) => !thoughts.includes(field)))
    : message,
)

const thoughts = ['reasoning_content', 'reasoning', 'reasoning_details', 'thinking_blocks', 'extra_content', 'phase']

/** The name of who speaks, where the upstream has no room for one. */
export const withoutNames = eachMessage('`name` is left out', (message) => {
  if (!('name' in message)) return message
  const { name: _, ...rest } = message
  return rest
})

/** What the system says, at the head of what the user says: for models without a role for it. */
export const systemAsUser: Rewrite = {
  says: '`system` becomes the beginning of the next `user` message',
  rewrite: (value) => {
    if (!Array.isArray(value)) return value
    const messages: readonly unknown[] = value
    if (!messages.some((message) => isRecord(message) && message['role'] === 'system')) return value
    let held: string[] = []
    const kept: unknown[] = []
    for (const message of messages) {
      if (!isRecord(message)) kept.push(message)
      else if (message['role'] === 'system' && typeof message['content'] === 'string') held.push(message['content'])
      else if (message['role'] === 'user' && held.length > 0) {
        kept.push(withTextBefore(message, held.join('\n\n')))
        held = []
      } else kept.push(message)
    }
    return held.length === 0 ? kept : [...kept, { role: 'user', content: held.join('\n\n') }]
  },
}

function withTextBefore(message: Json, text: string): Json {
  const { content } = message
  if (Array.isArray(content)) return { ...message, content: [{ type: 'text', text }, ...(content as unknown[])] }
  return { ...message, content: typeof content === 'string' && content !== '' ? `${text}\n\n${content}` : text }
}
