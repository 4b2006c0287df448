import { isRecord } from '../json.ts'
import { badRequest } from './refusal.ts'

/** What the sandbox understood of a conversation. */
export interface Prompt {
  /** The last thing a user said. */
  readonly text: string
  /** Images in that message, and other parts that are not text. */
  readonly images: number
  readonly attachments: number
  /** Whether the last word was the user's, so that a tool may be called. */
  readonly isUsersTurn: boolean
  /** What tools answered since, when they had the last word. */
  readonly toolResults: readonly ToolResult[]
  /** See {@link countTokens}. */
  readonly tokens: number
}

export interface ToolResult {
  readonly name: string
  readonly text: string
}

const TOKENS_PER_MESSAGE = 4
const TOKENS_PER_PART = 85

/** The sandbox's tokens of a text that was sent to it: one for every four UTF-16 units, and one for what is left. */
export const countTokens = (text: string): number => Math.ceil(text.length / 4)

/**
 * Reads `messages`. A prompt counts {@link countTokens} of each text, 4 for each message and 85 for each part that is not
 * text, and {@link countTokens} of the offered tools as JSON.
 *
 * @throws Refusal when there is nothing to answer.
 */
export function readPrompt(request: Readonly<Record<string, unknown>>): Prompt {
  const messages = request['messages']
  if (!Array.isArray(messages) || messages.length === 0) {
    throw badRequest('"messages" must be an array with at least one message.', 'messages')
  }
  let tokens = Array.isArray(request['tools']) ? countTokens(JSON.stringify(request['tools'])) : 0
  let users: Content = nothing
  let toolResults: ToolResult[] = []
  let role: unknown
  const toolNames = new Map<unknown, string>()
  for (const [index, message] of messages.entries()) {
    if (!isRecord(message) || typeof message['role'] !== 'string') {
      throw badRequest(`"messages[${index}]" must be an object with a role.`, `messages[${index}]`)
    }
    role = message['role']
    const content = readContent(message['content'])
    tokens += TOKENS_PER_MESSAGE + countTokens(content.text) + TOKENS_PER_PART * (content.images + content.attachments)
    for (const { id, name, given } of toolCallsIn(message)) {
      toolNames.set(id, name)
      tokens += countTokens(given)
    }
    if (role === 'user') users = content
    if (role !== 'tool') toolResults = []
    else toolResults.push({ name: toolNames.get(message['tool_call_id']) ?? 'The tool', text: content.text })
  }
  return { ...users, isUsersTurn: role === 'user', toolResults, tokens }
}

interface Content {
  readonly text: string
  readonly images: number
  readonly attachments: number
}

const nothing: Content = { text: '', images: 0, attachments: 0 }

function readContent(content: unknown): Content {
  if (typeof content === 'string') return { text: content, images: 0, attachments: 0 }
  if (!Array.isArray(content)) return nothing
  const texts: string[] = []
  let images = 0
  let attachments = 0
  for (const part of content) {
    if (isRecord(part) && typeof part['text'] === 'string') texts.push(part['text'])
    else if (isRecord(part) && part['type'] === 'image_url') images += 1
    else attachments += 1
  }
  return { text: texts.join('\n'), images, attachments }
}

function toolCallsIn(message: Readonly<Record<string, unknown>>): { id: unknown; name: string; given: string }[] {
  const calls = message['tool_calls']
  if (!Array.isArray(calls)) return []
  return calls.filter(isRecord).map((call) => {
    const called = isRecord(call['function']) ? call['function'] : {}
    return { id: call['id'], name: `${called['name'] ?? 'The tool'}`, given: `${called['arguments'] ?? ''}` }
  })
}
