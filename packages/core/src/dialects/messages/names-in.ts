import { isRecord, type Json } from '../../json.ts'
import { blocksIn } from './blocks.ts'
import type { MessagesRequest } from './shapes.ts'
import { ToolNames } from './tool-names.ts'

/** The names of all tools that a request offers, chooses or has called. */
export function namesIn({ messages, tools, tool_choice: choice }: MessagesRequest): ToolNames {
  const turns: readonly unknown[] = messages
  const called = turns.flatMap((turn) => (isRecord(turn) ? blocksIn(turn['content']).filter(isCall) : []))
  const named = [...blocksIn(tools), ...(isRecord(choice) ? [choice] : []), ...called]
  return new ToolNames(named.map(({ name }) => name).filter((name) => typeof name === 'string'))
}

const isCall = ({ type }: Json): boolean => type === 'tool_use'
