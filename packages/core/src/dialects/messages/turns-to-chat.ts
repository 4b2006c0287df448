import { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import type { ChatMessage, ContentPart, ToolCall } from '../../operations/chat/chat.ts'
import { missing, object, text, textOrList, wrong } from '../../wire/check-field.ts'
import { dataUrl } from '../../wire/image-type.ts'
import { unsupported } from '../refuse-fields.ts'

/** What Claude Code puts before its instructions for Anthropic's own bookkeeping. */
const BILLING_NOTE = 'x-anthropic-billing-header:'

/** @throws SpekaError `invalid_value` or `unsupported_parameter` */
export function systemToChat(system: unknown): ChatMessage[] {
  if (system === undefined || system === null) return []
  const texts = blocksOf(system, 'system').map((block, index) => textOf(block, `system[${index}]`))
  const content = texts.filter((words) => !words.startsWith(BILLING_NOTE)).join('\n\n')
  return content === '' ? [] : [{ role: 'system', content }]
}

/**
 * One turn of a conversation as chat's messages: there, the result of each tool is a message.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the place in `param`.
 */
export function turnToChat(turn: unknown, path: string): ChatMessage[] {
  if (!isRecord(turn)) throw wrong(path, object)
  const { role, content } = turn
  const blocks = blocksOf(content, `${path}.content`)
  switch (role) {
    case 'user':
      return userToChat(blocks, `${path}.content`)
    case 'assistant':
      return assistantToChat(blocks, `${path}.content`)
    case 'system':
      return systemToChat(content)
    default:
      throw new SpekaError('invalid_value', `"${path}.role" must be user or assistant.`, { param: `${path}.role` })
  }
}

function blocksOf(content: unknown, path: string): Json[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) throw wrong(path, textOrList)
  return content.map((block: unknown, index) => {
    if (!isRecord(block)) throw wrong(`${path}[${index}]`, object)
    if (typeof block['type'] !== 'string') throw missing(`${path}[${index}].type`, 'what the block is, such as "text"')
    return block
  })
}

function userToChat(blocks: readonly Json[], path: string): ChatMessage[] {
  const results: ChatMessage[] = []
  const parts: ContentPart[] = []
  for (const [index, block] of blocks.entries()) {
    const place = `${path}[${index}]`
    if (block['type'] === 'tool_result') results.push(resultToChat(block, place))
    else parts.push(partToChat(block, place))
  }
  return parts.length === 0 && results.length > 0 ? results : [...results, { role: 'user', content: plainly(parts) }]
}

function resultToChat({ tool_use_id: id, content }: Json, path: string): ChatMessage {
  if (typeof id !== 'string') throw missing(`${path}.tool_use_id`, 'the id that ties a result to its call')
  const said = content === undefined || content === null ? [] : blocksOf(content, `${path}.content`)
  const parts = said.map((block, index) => partToChat(block, `${path}.content[${index}]`))
  return { role: 'tool', tool_call_id: id, content: plainly(parts) }
}

/** A plain text stays or becomes one, which every upstream takes. */
function plainly(parts: ContentPart[]): string | ContentPart[] {
  const [first] = parts
  if (first === undefined) return ''
  return parts.length === 1 && first.type === 'text' ? String((first as Json)['text']) : parts
}

function assistantToChat(blocks: readonly Json[], path: string): ChatMessage[] {
  const calls: ToolCall[] = []
  let words = ''
  for (const [index, block] of blocks.entries()) {
    const place = `${path}[${index}]`
    switch (block['type']) {
      case 'text':
        words += textOf(block, place)
        break
      case 'tool_use':
        calls.push(callToChat(block, place))
        break
      // Signed for Anthropic, and of no use to anybody else: they are named among what was left out.
      case 'thinking':
      case 'redacted_thinking':
        break
      default:
        throw strange(block, place)
    }
  }
  if (words === '' && calls.length === 0) return []
  return [
    {
      role: 'assistant',
      content: words === '' && calls.length > 0 ? null : words,
      ...(calls.length > 0 && { tool_calls: calls }),
    },
  ]
}

function callToChat({ id, name, input }: Json, path: string): ToolCall {
  if (typeof id !== 'string') throw missing(`${path}.id`, 'the id that ties a call to its result')
  if (typeof name !== 'string') throw missing(`${path}.name`, 'the name of the tool')
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input ?? {}) } }
}

function partToChat(block: Json, path: string): ContentPart {
  switch (block['type']) {
    case 'text':
      return { type: 'text', text: textOf(block, path) }
    case 'image':
      return { type: 'image_url', image_url: { url: imageUrl(block['source'], `${path}.source`) } }
    case 'document':
      return documentToChat(block, `${path}.source`)
    default:
      throw strange(block, path)
  }
}

function imageUrl(source: unknown, path: string): string {
  const { type, data, media_type: mediaType, url }: Json = isRecord(source) ? source : {}
  if (type === 'base64' && typeof data === 'string')
    return typeof mediaType === 'string' ? `data:${mediaType};base64,${data}` : dataUrl(data)
  if (type === 'url' && typeof url === 'string') return url
  throw unsupported(path, `"${path}" must hold the image itself, in base64, or its URL. Files are not kept here.`)
}

function documentToChat({ source, title }: Json, path: string): ContentPart {
  const { type, data, media_type: mediaType }: Json = isRecord(source) ? source : {}
  if (type === 'text' && typeof data === 'string') return { type: 'text', text: data }
  if (type === 'base64' && typeof data === 'string' && typeof mediaType === 'string') {
    const named = typeof title === 'string' && { filename: title }
    return { type: 'file', file: { ...named, file_data: `data:${mediaType};base64,${data}` } }
  }
  throw unsupported(path, `"${path}" must hold the document itself. Files are neither kept nor fetched here.`)
}

function textOf({ type, text: words, ...block }: Json, path: string): string {
  if (type !== 'text') throw strange({ type, ...block }, path)
  if (typeof words !== 'string') throw wrong(`${path}.text`, text)
  return words
}

const strange = ({ type }: Json, path: string): SpekaError =>
  unsupported(`${path}.type`, `"${path}" is "${String(type).slice(0, 100)}", which chat has no word for.`)
