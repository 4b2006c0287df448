import type {
  ChatMessage as LlamaMessage,
  MessageContentDetail,
  MessageType,
  PartialToolCall,
  ToolCall as LlamaToolCall,
  ToolCallLLMMessageOptions,
} from '@llamaindex/core/llms'
import { extractText } from '@llamaindex/core/utils'
import type { ChatMessage, ContentPart, ToolCall } from '@speka/core'

/** What a message of LlamaIndex can carry beside its content; reasoning is our addition. */
export type SpekaMessageOptions = ToolCallLLMMessageOptions & {
  /** What the model thought before it answered: some models want it back with their turn. */
  reasoning?: string
}

/** LlamaIndex's messages as the gateway takes them. */
export const toChatMessages = (messages: readonly LlamaMessage<SpekaMessageOptions>[]): ChatMessage[] =>
  messages.map(toChatMessage)

function toChatMessage({ role, content, options = {} }: LlamaMessage<SpekaMessageOptions>): ChatMessage {
  if ('toolResult' in options) {
    return { role: 'tool', tool_call_id: options.toolResult.id, content: extractText(content) }
  }
  const { reasoning } = options
  return {
    role: roles[role] ?? role,
    content: typeof content === 'string' ? content : role === 'user' ? content.map(toPart) : extractText(content),
    ...('toolCall' in options && options.toolCall.length > 0 && { tool_calls: options.toolCall.map(toToolCall) }),
    ...(reasoning !== undefined && { reasoning_content: reasoning }),
  }
}

/** Roles that the wire calls otherwise. */
const roles: Partial<Record<MessageType, string>> = { memory: 'system' }

const toToolCall = ({ id, name, input }: LlamaToolCall | PartialToolCall): ToolCall => ({
  id,
  type: 'function',
  function: { name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
})

/** @throws TypeError for a video, which the wire has no part for. */
function toPart(part: MessageContentDetail): ContentPart {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text }
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
