import { AIMessage, type BaseMessage } from '@langchain/core/messages'
import { convertMessagesToCompletionsMessageParams } from '@langchain/openai'
import type { ChatMessage, ContentPart } from '@speka/core'

/**
 * LangChain's messages as the gateway takes them. Reasoning goes along with the turn it belongs to: some models refuse to
 * go on without it.
 */
export function toChatMessages(messages: readonly BaseMessage[]): ChatMessage[] {
  return messages.flatMap((message) => {
    // Without the model's name: the converter would rename roles by it, which is the provider's business.
    const converted = convertMessagesToCompletionsMessageParams({ messages: [message] }) as unknown as ChatMessage[]
    const reasoning = AIMessage.isInstance(message) ? reasoningIn(message) : ''
    return converted.map((each, index) => ({
      ...each,
      ...(Array.isArray(each.content) && { content: plainContent(each.content, each.role) }),
      ...(index === 0 && reasoning !== '' && { reasoning_content: reasoning }),
    }))
  })
}

/** Text alone is sent as a string, which every upstream takes. Several parts of a user stay apart. */
function plainContent(parts: ContentPart[], role: string): ContentPart[] | string {
  const texts = parts.flatMap((part) => ('text' in part && typeof part.text === 'string' ? [part.text] : []))
  const isText = texts.length === parts.length && (texts.length === 1 || role !== 'user')
  return isText ? texts.join('') : parts
}

/** What a turn of the model was thinking: as the gateway told it, or as standard content blocks. */
function reasoningIn({ additional_kwargs: extras, content }: AIMessage): string {
  const told = extras['reasoning_content']
  if (typeof told === 'string') return told
  if (typeof content === 'string') return ''
  return content
    .map((block) => (block.type === 'reasoning' && typeof block['reasoning'] === 'string' ? block['reasoning'] : ''))
    .join('')
}
