import { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import type { ChatCall } from '../../operations/chat/chat-call.ts'
import { missing, text, wrong } from '../../wire/check-field.ts'
import { parseExactly } from '../../wire/exact-json.ts'
import { parseKeeping, type KeptBody } from '../../wire/keep-strings.ts'
import { readParts, readTexts, type Part, type TextPart } from './read-parts.ts'

/** A tool call of the history. */
export interface CallMade {
  readonly id: string
  readonly name: string
  /** Its arguments, parsed. */
  readonly input: Json
  /** The call as the caller sent it, with whatever an upstream put there before. */
  readonly source: Json
}

export interface UserTurn {
  readonly role: 'user'
  readonly parts: readonly Part[]
}

export interface AssistantTurn {
  readonly role: 'assistant'
  readonly texts: readonly TextPart[]
  /** Pictures that the model has made. */
  readonly images: readonly Part[]
  readonly calls: readonly CallMade[]
  /** The message as the caller sent it. */
  readonly source: Json
}

/** The result of a tool. */
export interface ToolTurn {
  readonly role: 'tool'
  readonly callId: string
  /** The tool, as the call it answers names it; `undefined` when there is no such call. */
  readonly name: string | undefined
  readonly parts: readonly Part[]
  /** Where the message stands: `messages[2]`. */
  readonly path: string
}

export type Turn = UserTurn | AssistantTurn | ToolTurn

/** The messages of a request, checked, for upstreams whose API has another shape than OpenAI's. */
export interface Conversation {
  /** What the system and developer messages say. Such upstreams want it apart from the rest. */
  readonly instructions: readonly TextPart[]
  readonly turns: readonly Turn[]
}

/** A chat request to be put in another shape, and the way back to bytes. */
export function openRequest({ body, scan }: ChatCall): { request: Json; write: KeptBody['write'] } {
  const { value, write } = parseKeeping(body, scan, 'messages')
  return { request: value, write }
}

/** @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the field in `param`. */
export function readConversation(messages: unknown): Conversation {
  const instructions: TextPart[] = []
  const turns: Turn[] = []
  const toolNames = new Map<string, string>()
  const list = Array.isArray(messages) ? messages : []
  for (const [index, message] of list.entries()) {
    const path = `messages[${index}]`
    if (!isRecord(message)) throw wrong(path, { article: 'an object', is: isRecord })
    switch (message['role']) {
      case 'system':
      case 'developer':
        instructions.push(...readTexts(message['content'], `${path}.content`))
        break
      case 'user':
        turns.push({ role: 'user', parts: readParts(message['content'], `${path}.content`) })
        break
      case 'assistant': {
        const calls = readCalls(message['tool_calls'], `${path}.tool_calls`)
        for (const { id, name } of calls) toolNames.set(id, name)
        turns.push({
          role: 'assistant',
          texts: readTexts(message['content'], `${path}.content`),
          images: Array.isArray(message['images']) ? readParts(message['images'], `${path}.images`) : [],
          calls,
          source: message,
        })
        break
      }
      case 'tool':
        turns.push(readResult(message, path, toolNames))
        break
      default:
        throw new SpekaError(
          'invalid_value',
          `"${path}.role" must be one of "system", "developer", "user", "assistant", "tool" for this model.`,
          { param: `${path}.role` },
        )
    }
  }
  return { instructions, turns }
}

function readResult(message: Json, path: string, toolNames: ReadonlyMap<string, string>): ToolTurn {
  const callId = message['tool_call_id']
  if (typeof callId !== 'string' || callId === '')
    throw missing(`${path}.tool_call_id`, 'the id of the tool call that this message answers')
  const name = toolNames.get(callId) ?? message['name']
  return {
    role: 'tool',
    callId,
    name: typeof name === 'string' ? name : undefined,
    parts: readParts(message['content'], `${path}.content`),
    path,
  }
}

function readCalls(value: unknown, path: string): CallMade[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw wrong(path, { article: 'an array of tool calls', is: Array.isArray })
  return value.map((call: unknown, index) => readCall(call, `${path}[${index}]`))
}

function readCall(call: unknown, path: string): CallMade {
  const made = isRecord(call) ? call['function'] : undefined
  if (!isRecord(call) || !isRecord(made)) throw wrong(path, { article: 'a call of a function', is: isRecord })
  const { id } = call
  const { name } = made
  if (typeof id !== 'string' || id === '') throw missing(`${path}.id`, 'the id that the model gave this call')
  if (typeof name !== 'string' || name === '') throw wrong(`${path}.function.name`, text)
  return { id, name, input: readArguments(made['arguments']), source: call }
}

/**
 * What a call was given, as the object that APIs of their own take and nothing else: a history may hold whatever a model has said,
 * and goes on in spite of it. What says nothing stands for no arguments, and so does a list without members, which is what PHP
 * has for such an object. All else is kept as a text, in the way that Anthropic advises.
 *
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/fine-grained-tool-streaming
 */
function readArguments(value: unknown): Json {
  const input = typeof value === 'string' ? parsedArguments(value) : value
  if (isRecord(input)) return input
  if (input === null || (Array.isArray(input) && input.length === 0)) return {}
  if (input === undefined && typeof value !== 'string') return {}
  return { INVALID_JSON: typeof value === 'string' ? value : JSON.stringify(value) }
}

/** `null` for none; `undefined` for what is no JSON. */
function parsedArguments(text: string): unknown {
  if (text.trim() === '') return null
  try {
    return parseExactly(text)
  } catch {
    return undefined
  }
}
