import type {
  ChatMessage as LlamaMessage,
  MessageContent,
  MessageContentDetail,
  MessageType,
  PartialToolCall,
  ToolCall as LlamaToolCall,
  ToolCallLLMMessageOptions,
} from '@llamaindex/core/llms'
import { extractText } from '@llamaindex/core/utils'
import type { ChatMessage, ContentPart, ToolCall } from '@speka/core'
import { carriedFields, type CarriedFields } from '@speka/core/internal'
import { TurnMemory } from './turn-memory.ts'

/** What a message of LlamaIndex can carry beside its content; what is not about tools is our addition. */
export type SpekaMessageOptions = ToolCallLLMMessageOptions &
  CarriedFields & {
    /** What the model thought before it answered, some of it in a chunk of a stream: some models want it back with their turn. */
    reasoning?: string
    /** Marks the end of the message as one that the provider shall cache, such as `{ type: 'ephemeral' }`. */
    cache_control?: object
  }

/** LlamaIndex's messages as the gateway takes them. */
export const toChatMessages = (
  messages: readonly LlamaMessage<SpekaMessageOptions>[],
  memory = new TurnMemory(),
): ChatMessage[] => messages.map((message) => toChatMessage(message, memory))

function toChatMessage(
  { role, content, options = {} }: LlamaMessage<SpekaMessageOptions>,
  memory: TurnMemory,
): ChatMessage {
  const { reasoning, cache_control: mark } = options
  if ('toolResult' in options) {
    return { role: 'tool', tool_call_id: options.toolResult.id, content: toContent(content, 'tool', mark) }
  }
  const calls = 'toolCall' in options ? options.toolCall.map(toToolCall) : []
  const known = calls[0] === undefined ? undefined : memory.recall(calls[0])
  const thought = reasoning ?? known?.reasoning
  return {
    role: roles[role] ?? role,
    content: toContent(content, role, mark),
    ...(calls.length > 0 && { tool_calls: calls.map((call) => ({ ...memory.recall(call)?.call, ...call })) }),
    ...(thought !== undefined && { reasoning_content: thought }),
    ...known?.carried,
    ...carriedFields(options as Readonly<Record<string, unknown>>),
  }
}

/** Roles that the wire calls otherwise. */
const roles: Partial<Record<MessageType, string>> = { memory: 'system' }

const toToolCall = ({ id, name, input, ...carried }: LlamaToolCall | PartialToolCall): ToolCall => ({
  ...carried,
  id,
  type: 'function',
  function: { name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
})

/** Text that carries nothing else is sent as a string, which every upstream takes. Several parts of a user stay apart. */
function toContent(
  content: MessageContent,
  role: MessageType | 'tool',
  mark: object | undefined,
): string | ContentPart[] {
  if (typeof content === 'string') {
    return mark === undefined ? content : [{ type: 'text', text: content, cache_control: mark }]
  }
  const parts = content.map(toPart)
  const last = parts.at(-1)
  if (last !== undefined && mark !== undefined) parts[parts.length - 1] = { ...last, cache_control: mark }
  const isPlain = role !== 'user' && parts.every((part) => part.type === 'text' && Object.keys(part).length === 2)
  return isPlain ? extractText(content) : parts
}

/** What a part carries beside its own, such as `cache_control`, goes along. */
const toPart = (part: MessageContentDetail): ContentPart => {
  const { cache_control: mark } = part as MessageContentDetail & { cache_control?: unknown }
  return mark == null ? ownPart(part) : { ...ownPart(part), cache_control: mark }
}

/** @throws TypeError for a video, which the wire has no part for. */
function ownPart(part: MessageContentDetail): ContentPart {
  switch (part.type) {
    case 'text':
      return { ...part }
    case 'image_url':
      return {
        type: 'image_url',
        image_url: { url: part.image_url.url, ...(part.detail !== undefined && { detail: part.detail }) },
      }
    case 'image':
      return { type: 'image_url', image_url: { url: dataUrl(part.data, part.mimeType) } }
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.data, format: part.mimeType.replace(/^audio\//, '') } }
    case 'file':
      return { type: 'file', file: { filename: 'file', file_data: dataUrl(part.data, part.mimeType) } }
    case 'video':
      throw new TypeError('A video cannot be sent: there is no part for it in a chat request.')
  }
}

const dataUrl = (data: string, mimeType: string): string =>
  data.startsWith('data:') ? data : `data:${mimeType};base64,${data}`
