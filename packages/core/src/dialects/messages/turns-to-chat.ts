import { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import type { ChatMessage, ContentPart, TextPart, ToolCall } from '../../operations/chat/chat.ts'
import { missing, object, wrong } from '../../wire/check-field.ts'
import { blocksOf, isRunByServer, isThought } from './blocks.ts'
import { idForModel } from './call-id.ts'
import type { Manner } from './manner.ts'
import { cacheMark, partsToChat, plainly, strange, textOf } from './parts-to-chat.ts'
import { thoughtsToChat } from './thoughts-to-chat.ts'

/** How the line begins that Claude Code puts before its instructions for Anthropic's own bookkeeping. */
const BILLING_NOTE = 'x-anthropic-billing-header:'

/** @throws SpekaError `invalid_value` or `unsupported_parameter` */
export function systemToChat(system: unknown, manner: Manner, path = 'system'): ChatMessage[] {
  if (system === undefined || system === null) return []
  const texts = blocksOf(system, path).map((block, index) => markedText(block, `${path}[${index}]`, manner))
  const noted = manner.config.billing_note === 'keep' ? texts : texts.flatMap(withoutBillingNote)
  const kept = noted.filter(({ text }) => text !== '')
  const content = wordsOf(kept, '\n\n')
  return content === '' ? [] : [{ role: 'system', content }]
}

type MarkedText = TextPart & { cache_control?: Json }

function markedText(block: Json, path: string, manner: Manner): MarkedText {
  const mark = cacheMark(block, manner)
  return { type: 'text', text: textOf(block, path), ...(mark !== undefined && { cache_control: mark }) }
}

/** The note is a line of its own, and nearly always a block of its own. */
function withoutBillingNote(part: MarkedText): MarkedText[] {
  if (!part.text.startsWith(BILLING_NOTE)) return [part]
  const lineEnd = part.text.indexOf('\n')
  const text = lineEnd === -1 ? '' : part.text.slice(lineEnd).trimStart()
  return text === '' ? [] : [{ ...part, text }]
}

/** One text, unless a mark in it has to stay where it is. */
const wordsOf = (texts: readonly MarkedText[], between: string): string | ContentPart[] =>
  texts.some((part) => part.cache_control !== undefined) ? [...texts] : texts.map(({ text }) => text).join(between)

/**
 * One turn of a conversation as chat's messages: there, the result of each tool is a message.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the place in `param`.
 */
export function turnToChat(turn: unknown, path: string, manner: Manner): ChatMessage[] {
  if (!isRecord(turn)) throw wrong(path, object)
  const { role, content } = turn
  const place = `${path}.content`
  switch (role) {
    case 'user':
      return userToChat(blocksOf(content, place), place, manner)
    case 'assistant':
      return assistantToChat(blocksOf(content, place), place, manner)
    case 'system':
      return systemToChat(content, manner, place)
    default:
      blocksOf(content, place)
      throw new SpekaError('invalid_value', `"${path}.role" must be user or assistant.`, { param: `${path}.role` })
  }
}

function userToChat(blocks: readonly Json[], path: string, manner: Manner): ChatMessage[] {
  const results: ChatMessage[] = []
  /** What tools gave besides words, for a target that takes no more than words from them. */
  const apart: ContentPart[] = []
  const parts: ContentPart[] = []
  for (const [index, block] of blocks.entries()) {
    const place = `${path}[${index}]`
    if (block['type'] === 'tool_result') results.push(resultToChat(block, place, manner, apart))
    else parts.push(...partsToChat(block, place, manner))
  }
  const said = [...apart, ...parts]
  return said.length === 0 && results.length > 0 ? results : [...results, { role: 'user', content: plainly(said) }]
}

function resultToChat(block: Json, path: string, manner: Manner, apart: ContentPart[]): ChatMessage {
  const { tool_use_id: given, content, is_error: isError } = block
  if (typeof given !== 'string') throw missing(`${path}.tool_use_id`, 'the id that ties a result to its call')
  const id = idForModel(given)
  const blocks = content === undefined || content === null ? [] : blocksOf(content, `${path}.content`)
  const parts = blocks.flatMap((inner, index) => partsToChat(inner, `${path}.content[${index}]`, manner))
  const mark = cacheMark(block, manner)
  const last = parts.at(-1)
  if (mark !== undefined && last !== undefined) parts[parts.length - 1] = { ...last, cache_control: mark }
  // A failure that says nothing would be taken for a success.
  if (parts.length === 0 && isError === true) parts.push({ type: 'text', text: 'Error' })
  const others = manner.extras.resultParts === true ? [] : parts.filter(({ type }) => type !== 'text')
  if (others.length === 0) return { role: 'tool', tool_call_id: id, content: plainly(parts) }
  apart.push({ type: 'text', text: `From the tool call ${id}:` }, ...others)
  const words = parts.filter(({ type }) => type === 'text')
  const note = { type: 'text', text: 'What it gave besides words is in the next message of the user.' }
  return { role: 'tool', tool_call_id: id, content: plainly(words.length === 0 ? [note] : words) }
}

function assistantToChat(blocks: readonly Json[], path: string, manner: Manner): ChatMessage[] {
  const { fields, calls: ofCalls } = thoughtsToChat(blocks, manner.extras)
  const calls: ToolCall[] = []
  const texts: MarkedText[] = []
  /** Whether something stood between what was said last and what comes now: cited texts follow each other without a gap. */
  let isApart = false
  const pictures: ContentPart[] = []
  for (const [index, block] of blocks.entries()) {
    const place = `${path}[${index}]`
    if (block['type'] === 'text') {
      const said = markedText(block, place, manner)
      texts.push(isApart && texts.length > 0 ? { ...said, text: `\n\n${said.text}` } : said)
      isApart = false
      continue
    }
    isApart = true
    if (block['type'] === 'tool_use') calls.push(callToChat(block, place, manner, ofCalls))
    // A picture of the model's own, as the gateway writes it.
    else if (block['type'] === 'image') pictures.push(...partsToChat(block, place, manner))
    // What is lost of these is named among what was left out.
    else if (!isThought(block) && !isRunByServer(block)) throw strange(block, place)
  }
  const words = wordsOf(texts, '')
  const images = manner.extras.madePictures === true ? pictures : []
  if (words === '' && calls.length === 0 && images.length === 0) return []
  return [
    {
      role: 'assistant',
      content: words === '' && calls.length > 0 ? null : words,
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(images.length > 0 && { images }),
      ...fields,
    },
  ]
}

function callToChat(block: Json, path: string, { names }: Manner, more: Readonly<Record<string, Json>>): ToolCall {
  const { id: given, name, input } = block
  if (typeof given !== 'string') throw missing(`${path}.id`, 'the id that ties a call to its result')
  if (typeof name !== 'string') throw missing(`${path}.name`, 'the name of the tool')
  const id = idForModel(given)
  const made = { name: names.forModel(name), arguments: JSON.stringify(input ?? {}) }
  return { ...(Object.hasOwn(more, id) ? more[id] : {}), id, type: 'function', function: made }
}
