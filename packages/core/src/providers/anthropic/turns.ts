import { isRecord } from '../../json.ts'
import type { AssistantTurn, Conversation, Turn } from '../translated/conversation.ts'
import { resultsFirst } from '../translated/results-first.ts'
import { unsupportedPart, type Part, type TextPart } from '../translated/read-parts.ts'
import { CallIds } from './call-ids.ts'
import { thinkingBlocksIn } from './thinking-blocks.ts'

/** A content block of Anthropic's. */
export interface Block {
  readonly type: string
  readonly [field: string]: unknown
}

export interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: Block[]
}

/**
 * A conversation in Anthropic's shape: instructions apart, speakers by turns, the results of all tools of a turn together
 * in the next, ahead of anything else that is said there. Texts of nothing but white space, which Anthropic refuses, are left
 * out.
 */
export function writeTurns({ instructions, turns }: Conversation): { system: Block[]; messages: Message[] } {
  const messages: Message[] = []
  const ids = new CallIds()
  for (const turn of resultsFirst(turns)) {
    const role = turn.role === 'assistant' ? 'assistant' : 'user'
    const content = blocksOf(turn, ids)
    const last = messages.at(-1)
    if (content.length === 0) continue
    if (last?.role === role) for (const block of content) last.content.push(block)
    else messages.push({ role, content })
  }
  trimEnd(messages)
  if (isWordless(turns.at(-1)) && messages.at(-1)?.role !== 'user') messages.push(SILENCE)
  const system = textBlocks(instructions)
  // Instructions alone are a request too, for OpenAI.
  return messages.length === 0 ? { system: [], messages: [{ role: 'user', content: system }] } : { system, messages }
}

/** A user who says nothing still has the last word: without it the model would be asked to go on with its own. */
const SILENCE: Message = { role: 'user', content: [{ type: 'text', text: '(no text)' }] }

const isWordless = (turn: Turn | undefined): boolean =>
  turn?.role === 'user' && turn.parts.flatMap(blockOf).length === 0

/** An answer that the model is to go on with may not end in white space. */
function trimEnd(messages: Message[]): void {
  const last = messages.at(-1)
  const block = last?.role === 'assistant' ? last.content.at(-1) : undefined
  if (last === undefined || block === undefined || typeof block['text'] !== 'string') return
  const text = block['text'].trimEnd()
  last.content.splice(-1, 1, ...(text === '' ? [] : [{ ...block, text }]))
  if (last.content.length === 0) messages.pop()
}

function blocksOf(turn: Turn, ids: CallIds): Block[] {
  switch (turn.role) {
    case 'user':
      return turn.parts.flatMap(blockOf)
    case 'tool':
      return [{ type: 'tool_result', tool_use_id: ids.answeredBy(turn.callId), content: turn.parts.flatMap(blockOf) }]
    case 'assistant':
      return assistantBlocks(turn, ids)
  }
}

function assistantBlocks({ texts, calls, source }: AssistantTurn, ids: CallIds): Block[] {
  const own = ids.of(calls)
  return [
    ...thinkingBlocksIn(source),
    ...textBlocks(texts),
    ...calls.map(({ id, name, input }, at) => ({ type: 'tool_use', id: own[at] ?? id, name, input })),
  ]
}

const textBlocks = (texts: readonly TextPart[]): Block[] => texts.flatMap(blockOf)

function blockOf(part: Part): Block[] {
  if (part.kind === 'text')
    return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text, ...cacheMark(part.source) }]
  const mark = cacheMark(part.source)
  if (part.kind === 'audio') throw unsupportedPart(`${part.path}.type`, 'input_audio')
  const type = part.kind === 'image' ? 'image' : 'document'
  if ('url' in part) return [{ type, source: { type: 'url', url: part.url }, ...mark }]
  if (part.mediaType !== 'text/plain')
    return [{ type, source: { type: 'base64', media_type: part.mediaType, data: part.base64 }, ...mark }]
  const data = Buffer.from(part.base64, 'base64').toString('utf8')
  return [{ type, source: { type: 'text', media_type: 'text/plain', data }, ...mark }]
}

/** Up to where Anthropic shall cache the prompt: a mark of its own, which callers put on content parts and tools. */
export function cacheMark(source: Readonly<Record<string, unknown>> = {}): { cache_control?: unknown } {
  const { cache_control: mark } = source
  return isRecord(mark) ? { cache_control: mark } : {}
}
