import { isRecord, type Json } from '../../json.ts'
import { droppedBy } from '../fate.ts'
import { CARRIED, messagesFates } from './fates.ts'
import type { MessagesRequest } from './shapes.ts'

/** What chat has no word for, by name: of blocks, the part that they have. */
export function leftOutOf(request: MessagesRequest): string[] {
  const unknown = Object.keys(request).filter((name) => !CARRIED.has(name) && !Object.hasOwn(messagesFates, name))
  const blocks = blocksIn(request)
  return [
    ...droppedBy(messagesFates, request),
    ...unknown,
    ...(blocks.some(({ cache_control: mark }) => mark != null) ? ['messages.cache_control'] : []),
    ...(blocks.some(isThought) ? ['messages.thinking'] : []),
    ...(blocks.some(({ is_error: isError }) => isError === true) ? ['messages.is_error'] : []),
  ]
}

/**
 * Whether Anthropic takes the request as it is: it refuses thoughts that it has not signed, which another model has had, and
 * files are kept under the provider's key, so that they would be anybody's.
 */
export const goesThrough = (request: MessagesRequest): boolean =>
  !blocksIn(request).some((block) => (isThought(block) && block['signature'] === '') || isFile(block))

const isThought = ({ type }: Json): boolean => type === 'thinking' || type === 'redacted_thinking'

const isFile = ({ source, type }: Json): boolean =>
  type === 'container_upload' || (isRecord(source) && source['type'] === 'file')

/** Blocks of the instructions, of what was said, and of what tools gave; and the tools, which may be marked too. */
function blocksIn({ system, messages, tools }: MessagesRequest): Json[] {
  const turns: readonly unknown[] = messages
  const said = turns.flatMap((turn) => (isRecord(turn) ? inList(turn['content']) : []))
  return [...inList(system), ...said, ...said.flatMap(({ content }) => inList(content)), ...inList(tools)]
}

const inList = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isRecord) : [])
