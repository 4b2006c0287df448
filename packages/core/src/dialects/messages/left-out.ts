import { isRecord, type Json } from '../../json.ts'
import type { ChatExtras } from '../../operations/chat/chat-extras.ts'
import { droppedBy } from '../fate.ts'
import { blocksIn, isKeptFile, isOwnTool, isRunByServer } from './blocks.ts'
import { CARRIED, messagesFates } from './fates.ts'
import type { Manner } from './manner.ts'
import type { MessagesRequest } from './shapes.ts'
import { losesThought } from './thoughts-to-chat.ts'

/** What is lost of blocks in chat, by the part that they have; how it is told of a block, and unless what the target takes. */
const parts: readonly { readonly name: string; readonly isLost: (block: Json, extras: ChatExtras) => boolean }[] = [
  {
    name: 'messages.cache_control',
    isLost: ({ cache_control: mark }, { cacheMarks }) => mark != null && cacheMarks !== true,
  },
  { name: 'messages.thinking', isLost: losesThought },
  { name: 'messages.is_error', isLost: ({ is_error: isError }) => isError === true },
  {
    name: 'messages.citations',
    isLost: ({ citations: cites }) => isRecord(cites) && cites['enabled'] === true,
  },
  { name: 'messages.server_tool_use', isLost: isRunByServer },
]

/** What a target asked in chat has no word for, by name: of blocks, the part that they have. */
export function leftOutOf(request: MessagesRequest, { extras, config }: Manner): string[] {
  const unknown = Object.keys(request).filter((name) => !CARRIED.has(name) && !Object.hasOwn(messagesFates, name))
  const blocks = allBlocks(request)
  const tools = config.server_tools === 'leave_out' ? blocksIn(request['tools']).filter(isOwnTool) : []
  return [
    ...droppedBy(messagesFates, request),
    ...unknown,
    ...parts.filter(({ isLost }) => blocks.some((block) => isLost(block, extras))).map(({ name }) => name),
    ...(extras.madePictures !== true && hasMadePictures(request) ? ['messages.image'] : []),
    ...(extras.prefill === undefined && endsWithAnswer(request) ? ['messages.prefill'] : []),
    ...new Set(tools.map(({ type }) => `tools.${String(type).slice(0, 100)}`)),
  ]
}

/** Whether something of the request depends on what a target takes besides the usual. */
export const dependsOnTarget = (request: MessagesRequest): boolean =>
  endsWithAnswer(request) ||
  hasMadePictures(request) ||
  allBlocks(request).some(
    (block) =>
      block['cache_control'] != null ||
      block['type'] === 'thinking' ||
      block['type'] === 'redacted_thinking' ||
      (block['type'] === 'tool_result' && blocksIn(block['content']).some(({ type }) => type !== 'text')),
  )

/** Whether the last turn is the model's own words, to be gone on with. */
export function endsWithAnswer({ messages }: MessagesRequest): boolean {
  const last: unknown = messages.at(-1)
  if (!isRecord(last) || last['role'] !== 'assistant') return false
  const { content } = last
  if (typeof content === 'string') return content !== ''
  const blocks = blocksIn(content)
  return blocks.some(({ type }) => type === 'text') && blocks.every(({ type }) => type !== 'tool_use')
}

/** Whether the request may go to Anthropic: files are kept under the provider's key, so that they would be anybody's. */
export const goesThrough = (request: MessagesRequest): boolean => !allBlocks(request).some(isKeptFile)

const hasMadePictures = ({ messages }: MessagesRequest): boolean => {
  const turns: readonly unknown[] = messages
  return turns.some(
    (turn) =>
      isRecord(turn) && turn['role'] === 'assistant' && blocksIn(turn['content']).some(({ type }) => type === 'image'),
  )
}

/** Blocks of the instructions, of what was said, and of what tools gave; and the tools, which may be marked too. */
function allBlocks({ system, messages, tools }: MessagesRequest): Json[] {
  const turns: readonly unknown[] = messages
  const said = turns.flatMap((turn) => (isRecord(turn) ? blocksIn(turn['content']) : []))
  return [...blocksIn(system), ...said, ...said.flatMap(({ content }) => blocksIn(content)), ...blocksIn(tools)]
}
