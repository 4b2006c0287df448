import type { Json } from '../../json.ts'
import type { Conversation } from '../translated/conversation.ts'
import { readToolChoice, readTools, type ToolOffered } from '../translated/tools.ts'
import { outputSchema } from './output-schema.ts'
import { cacheMark } from './turns.ts'

/**
 * The tools of a request, and whether they may, must or must not be called.
 *
 * @param holdsStrict whether strict ones can be strict here.
 * @throws SpekaError `invalid_value` or `unsupported_parameter`.
 */
export function writeTools(request: Json, { turns }: Conversation, holdsStrict: boolean): Json {
  const offered = readTools(request['tools'])
  const { mode, only } = readToolChoice(request['tool_choice']) ?? { mode: 'auto' }
  const single = only?.length === 1 ? only[0] : undefined
  const allowed =
    only === undefined || single !== undefined ? offered : offered.filter(({ name }) => only.includes(name))
  if (allowed.length === 0) return toolsOfHistory(turns)
  const oneAtATime = request['parallel_tool_calls'] === false && { disable_parallel_tool_use: true }
  return {
    tools: allowed.map((tool) => writeTool(tool, holdsStrict && tool.strict)),
    ...(mode === 'none' && { tool_choice: { type: 'none' } }),
    ...(mode === 'required' && {
      tool_choice: { ...(single === undefined ? { type: 'any' } : { type: 'tool', name: single }), ...oneAtATime },
    }),
    ...(mode === 'auto' && oneAtATime && { tool_choice: { type: 'auto', ...oneAtATime } }),
  }
}

function writeTool({ name, description, parameters = {}, source }: ToolOffered, strict: boolean): Json {
  const schema = { ...parameters, type: 'object' }
  return {
    name,
    ...(description !== undefined && { description }),
    ...(strict && { strict }),
    input_schema: strict ? outputSchema(schema) : schema,
    ...cacheMark(source),
  }
}

/** Anthropic wants every tool of the history declared, even when none may be called any more. */
function toolsOfHistory(turns: Conversation['turns']): Json {
  const names = new Set(turns.flatMap((turn) => (turn.role === 'assistant' ? turn.calls.map(({ name }) => name) : [])))
  if (names.size === 0) return {}
  return {
    tools: [...names].map((name) => ({ name, input_schema: { type: 'object' } })),
    tool_choice: { type: 'none' },
  }
}
