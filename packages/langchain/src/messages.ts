import { AIMessage, HumanMessage, type BaseMessage } from '@langchain/core/messages'
import { convertMessagesToCompletionsMessageParams } from '@langchain/openai'
import type { ChatMessage, ContentPart } from '@speka/core'
import { carriedByCall, carriedFields, type CarriedFields } from '@speka/core/internal'

/**
 * LangChain's messages as the gateway takes them. What the model thought goes along with the turn it belongs to, with
 * signatures and all: some models refuse to go on without it.
 */
export function toChatMessages(messages: readonly BaseMessage[]): ChatMessage[] {
  return messages.flatMap((message) => {
    const converted = convert(message)
    const thoughts = AIMessage.isInstance(message) ? thoughtsIn(message) : {}
    return converted.map((each, index) => ({
      ...each,
      ...(Array.isArray(each.content) && { content: plainContent(partsOf(message, each.content), each.role) }),
      ...(each.tool_calls !== undefined &&
        AIMessage.isInstance(message) && { tool_calls: withCarried(each.tool_calls, message) }),
      ...(index === 0 && thoughts),
    }))
  })
}

/** Without the model's name: LangChain's converter would rename roles by it, which is the provider's business. */
const convert = (message: BaseMessage): ChatMessage[] =>
  convertMessagesToCompletionsMessageParams({ messages: [message] }) as unknown as ChatMessage[]

type Block = Exclude<BaseMessage['content'], string>[number]
type ToolCalls = NonNullable<ChatMessage['tool_calls']>

/** The parts of a message. The converter loses the marks of a prompt cache where it makes a part of another shape. */
function partsOf(message: BaseMessage, converted: ContentPart[]): ContentPart[] {
  const { content, response_metadata } = message
  if (typeof content === 'string' || !content.some((block) => cacheMark(block) !== undefined)) return converted
  if (!HumanMessage.isInstance(message)) return converted.map(marked)
  return content.flatMap((block) => {
    const [alone] = convert(new HumanMessage({ content: [block], response_metadata }))
    const mark = cacheMark(block)
    const parts = Array.isArray(alone?.content) ? alone.content : []
    return mark === undefined ? parts : parts.map((part) => ({ ...part, cache_control: mark }))
  })
}

const marked = (part: ContentPart): ContentPart => {
  const mark = cacheMark(part)
  return mark === undefined ? part : { ...part, cache_control: mark }
}

/** The mark of a prompt cache: on the block itself, or where standard blocks have what only a provider knows. */
function cacheMark(block: object): unknown {
  const { cache_control: own, extras, metadata } = block as Block & Record<string, unknown>
  return own ?? (extras as Extras)?.['cache_control'] ?? (metadata as Extras)?.['cache_control']
}

type Extras = Readonly<Record<string, unknown>> | null | undefined

/** What LangChain notes on a block for itself. */
const notes = new Set(['id', 'index', 'annotations', 'extras'])

/** Text that carries nothing else is sent as a string, which every upstream takes. Several parts of a user stay apart. */
function plainContent(given: ContentPart[], role: string): ContentPart[] | string {
  const parts = given.map((part) => (isText(part) ? withoutNotes(part) : part))
  const texts = parts.flatMap((part) => (isText(part) && Object.keys(part).length === 2 ? [part.text] : []))
  const isPlain = texts.length === parts.length && (texts.length === 1 || role !== 'user')
  return isPlain ? texts.join('') : parts
}

const isText = (part: ContentPart): part is ContentPart & { type: 'text'; text: string } =>
  part.type === 'text' && 'text' in part && typeof part.text === 'string'

const withoutNotes = (part: ContentPart): ContentPart =>
  Object.fromEntries(
    Object.entries(part).filter(([field, value]) => value !== undefined && !notes.has(field)),
  ) as ContentPart

/** What a turn of the model was thinking, as the gateway told it or as content blocks, and what its provider signed. */
function thoughtsIn({ additional_kwargs: extras, content }: AIMessage): Partial<ChatMessage> {
  const blocks = typeof content === 'string' ? [] : content
  const told = extras['reasoning_content']
  const reasoning =
    typeof told === 'string'
      ? told
      : blocks.map((block) => (typeof block['reasoning'] === 'string' ? block['reasoning'] : '')).join('')
  const carried: CarriedFields = {}
  for (const block of blocks) {
    if (block.type === 'non_standard') Object.assign(carried, carriedFields((block['value'] ?? {}) as object as Fields))
  }
  return { ...(reasoning !== '' && { reasoning_content: reasoning }), ...carried, ...carriedFields(extras) }
}

type Fields = Readonly<Record<string, unknown>>

/** The calls of a turn, each with what it came with: the signature of the thought that led to it. */
function withCarried(calls: ToolCalls, { additional_kwargs: extras, content }: AIMessage): ToolCalls {
  const carried = new Map<unknown, Fields>()
  for (const block of typeof content === 'string' ? [] : content) {
    if (block.type === 'tool_call') carried.set(block['id'], (block['extras'] ?? {}) as Fields)
  }
  for (const raw of Array.isArray(extras.tool_calls) ? (extras.tool_calls as readonly Fields[]) : []) {
    carried.set(raw['id'], { ...carried.get(raw['id']), ...carriedByCall(raw) })
  }
  return calls.map((call) => ({ ...call, ...carried.get(call.id) }))
}
