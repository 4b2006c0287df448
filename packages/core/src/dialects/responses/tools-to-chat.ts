import { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import type { ChatRequest, FunctionTool } from '../../operations/chat/chat.ts'
import { missing, object, wrong } from '../../wire/check-field.ts'
import type { ResponsesRequest } from './shapes.ts'
import { unsupported } from '../refuse-fields.ts'

type ToolFields = Pick<ChatRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls'>
/**
 * The functions on offer, and which of them to call. Without any, chat APIs do not take the other fields either.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`
 */
export function toolsToChat({
  tools,
  tool_choice: choice,
  parallel_tool_calls: parallel,
}: ResponsesRequest): ToolFields {
  const offered = (tools ?? []).map(toolToChat)
  const chosen = choice == null ? { tools: offered } : choiceToChat(choice, offered)
  if (offered.length === 0) {
    if (chosen.tool_choice === undefined || ASKS_FOR_NONE.has(chosen.tool_choice)) return {}
    throw new SpekaError('invalid_value', '"tool_choice" asks for a call, but there are no "tools".', {
      param: 'tool_choice',
    })
  }
  return { ...chosen, ...(parallel != null && { parallel_tool_calls: parallel }) }
}

const ASKS_FOR_NONE = new Set<unknown>(['none', 'auto'])

function toolToChat(tool: unknown, index: number): FunctionTool {
  const path = `tools[${index}]`
  if (!isRecord(tool)) throw wrong(path, object)
  const { type, name, description, parameters, strict } = tool
  if (type !== 'function') {
    throw unsupported(
      `${path}.type`,
      `"${path}" is "${shown(type)}". Only tools of the type "function" are there, which you run yourself.`,
    )
  }
  if (typeof name !== 'string' || name === '')
    throw missing(`${path}.name`, 'the name of the function, beside its "type"')
  if (parameters != null && !isRecord(parameters)) throw wrong(`${path}.parameters`, object)
  return {
    type,
    function: {
      name,
      ...(typeof description === 'string' && { description }),
      ...(isRecord(parameters) && { parameters }),
      ...(typeof strict === 'boolean' && { strict }),
    },
  }
}

type Chosen = Pick<ChatRequest, 'tools' | 'tool_choice'>

function choiceToChat(choice: unknown, tools: FunctionTool[]): Chosen {
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { tools, tool_choice: choice }
  const { type, name, mode, tools: allowed }: Json = isRecord(choice) ? choice : {}
  if (type === 'function') {
    if (typeof name !== 'string' || name === '') throw missing('tool_choice.name', 'the name of the function to call')
    return { tools, tool_choice: { type, function: { name } } }
  }
  if (type === 'allowed_tools') return { tools: onlyAllowed(tools, allowed), tool_choice: mode ?? 'auto' }
  if (typeof choice === 'string') {
    throw new SpekaError('invalid_value', '"tool_choice" must be "auto", "none", "required" or an object.', {
      param: 'tool_choice',
    })
  }
  throw unsupported('tool_choice.type', `"tool_choice" is "${shown(type)}". Only functions can be chosen.`)
}

/** Not all chat APIs can be told which tools of many are allowed; all understand fewer. */
function onlyAllowed(tools: readonly FunctionTool[], allowed: unknown): FunctionTool[] {
  const names = new Set(
    Array.isArray(allowed) ? allowed.map((tool: unknown) => (isRecord(tool) ? tool['name'] : undefined)) : [],
  )
  const kept = tools.filter((tool) => names.has(tool.function.name))
  if (names.size > 0 && kept.length === names.size) return kept
  throw new SpekaError('invalid_value', '"tool_choice.tools" must name one or more of the functions in "tools".', {
    param: 'tool_choice.tools',
  })
}

const shown = (type: unknown): string => String(type).slice(0, 100)
