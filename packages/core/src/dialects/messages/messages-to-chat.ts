import { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import type { ChatRequest, FunctionTool } from '../../operations/chat/chat.ts'
import { MOST_MESSAGES, MOST_STOPS, tooManyMessages } from '../../wire/body-limits.ts'
import {
  checkKinds,
  checkModel,
  list,
  missing,
  number,
  object,
  positive,
  sharedFields,
  textOrList,
  wrong,
  type FieldKinds,
} from '../../wire/check-field.ts'
import { refusalsOf } from '../fate.ts'
import { refuseFields, unsupported } from '../refuse-fields.ts'
import { CARRIED, messagesFates } from './fates.ts'
import { isOwnTool } from './blocks.ts'
import type { Manner } from './manner.ts'
import { cacheMark } from './parts-to-chat.ts'
import type { MessagesRequest } from './shapes.ts'
import { systemToChat, turnToChat } from './turns-to-chat.ts'

const kinds: FieldKinds = {
  ...sharedFields,
  max_tokens: positive,
  messages: list,
  system: textOrList,
  stop_sequences: { article: `an array of at most ${MOST_STOPS} strings`, is: (value) => isShortList(value) },
  temperature: number,
  top_p: number,
  tools: list,
  tool_choice: object,
  thinking: object,
  output_config: object,
}

const isShortList = (value: unknown): boolean =>
  Array.isArray(value) && value.length <= MOST_STOPS && value.every((text) => typeof text === 'string')

const REFUSED_ALWAYS = refusalsOf(messagesFates, 'always')
const REFUSED_BY_CHAT = refusalsOf(messagesFates, 'all')

/** A request whose own fields are of the right kind; what is inside of them is yet to be seen. */
export function checkMessagesRequest(value: unknown): MessagesRequest {
  const request = checkModel(value)
  refuseFields(request, REFUSED_ALWAYS)
  if (request['max_tokens'] == null) throw missing('max_tokens', 'the most tokens that the answer may have')
  if (request['messages'] == null) throw missing('messages', 'the conversation so far, an array of messages')
  checkKinds(request, kinds)
  const { messages } = request as unknown as MessagesRequest
  if (messages.length > MOST_MESSAGES) throw tooManyMessages(messages.length, 'messages')
  if (messages.length === 0)
    throw new SpekaError('invalid_value', '"messages" is empty. Send at least one message.', { param: 'messages' })
  return request as unknown as MessagesRequest
}

/**
 * What a messages request asks of chat.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the field in `param`.
 */
export function messagesToChat(request: MessagesRequest, manner: Manner): ChatRequest {
  refuseFields(request, REFUSED_BY_CHAT)
  const { model, messages, system, stop_sequences: stops, stream } = request
  const turns = messages.flatMap((turn, index) => turnToChat(turn, `messages[${index}]`, manner))
  return {
    ...Object.fromEntries(Object.entries(request).filter(([name]) => CARRIED.has(name))),
    model,
    messages: [...systemToChat(system, manner), ...turns],
    ...(Array.isArray(stops) && stops.length > 0 && { stop: stops as string[] }),
    ...toolsToChat(request, manner),
    ...thinkingToChat(request),
    ...formatToChat(request['output_config']),
    // So that the last event can tell usage and cost.
    ...(stream === true && { stream_options: { include_usage: true } }),
  }
}

function toolsToChat({ tools, tool_choice: choice }: Json, manner: Manner): Partial<ChatRequest> {
  if (!Array.isArray(tools) || tools.length === 0) return {}
  const told = tools.flatMap((tool: unknown, index) => toolToChat(tool, `tools[${index}]`, manner))
  // The only tools were Anthropic's own: a choice among none is refused by some.
  if (told.length === 0) return {}
  if (!isRecord(choice)) return { tools: told }
  const { type, name } = choice
  if (type === 'tool' && tools.some((tool) => isRecord(tool) && isOwnTool(tool) && tool['name'] === name))
    throw unsupported('tool_choice.name', '"tool_choice" names a tool that Anthropic alone runs.')
  return { tools: told, ...choiceToChat(choice, manner) }
}

function toolToChat(tool: unknown, path: string, manner: Manner): FunctionTool[] {
  if (!isRecord(tool)) throw wrong(path, object)
  if (isOwnTool(tool)) {
    if (manner.config.server_tools === 'leave_out') return []
    const shown = String(tool['type']).slice(0, 100)
    throw unsupported(`${path}.type`, `"${path}" is "${shown}". Only tools that you run yourself are there in chat.`)
  }
  const { name, description, input_schema: parameters, strict } = tool
  if (typeof name !== 'string' || name === '') throw missing(`${path}.name`, 'the name of the tool')
  const mark = cacheMark(tool, manner)
  return [
    {
      type: 'function',
      function: {
        name: manner.names.forModel(name),
        ...(typeof description === 'string' && { description }),
        ...(isRecord(parameters) && { parameters }),
        ...(typeof strict === 'boolean' && { strict }),
      },
      ...(mark !== undefined && { cache_control: mark }),
    },
  ]
}

/** What chat calls each way of choosing tools. */
const choices: Readonly<Record<string, string>> = { auto: 'auto', any: 'required', none: 'none' }

function choiceToChat(choice: Json, { names }: Manner): Partial<ChatRequest> {
  const { type, name, disable_parallel_tool_use: oneOnly } = choice
  const parallel = typeof oneOnly === 'boolean' && { parallel_tool_calls: !oneOnly }
  if (type === 'tool') {
    if (typeof name !== 'string' || name === '') throw missing('tool_choice.name', 'the name of the tool to call')
    return { tool_choice: { type: 'function', function: { name: names.forModel(name) } }, ...parallel }
  }
  const chosen = Object.hasOwn(choices, String(type)) ? choices[String(type)] : undefined
  if (chosen !== undefined) return { tool_choice: chosen, ...parallel }
  throw new SpekaError('invalid_value', '"tool_choice.type" must be "auto", "any", "none" or "tool".', {
    param: 'tool_choice.type',
  })
}

/** Budgets of thinking, in tokens, up to which an effort is the like of it. */
const EFFORTS = [
  [4096, 'low'],
  [16_384, 'medium'],
] as const

function thinkingToChat({ thinking, output_config: output }: Json): Partial<ChatRequest> {
  const effort = isRecord(output) ? output['effort'] : undefined
  if (typeof effort === 'string') return { reasoning_effort: effort }
  const budget = isRecord(thinking) && thinking['type'] === 'enabled' ? thinking['budget_tokens'] : undefined
  if (typeof budget !== 'number') return {}
  return { reasoning_effort: EFFORTS.find(([most]) => budget <= most)?.[1] ?? 'high' }
}

function formatToChat(output: unknown): Partial<ChatRequest> {
  const format = isRecord(output) ? output['format'] : undefined
  if (!isRecord(format)) return {}
  if (format['type'] !== 'json_schema' || !isRecord(format['schema']))
    throw unsupported(
      'output_config.format',
      '"output_config.format" must be a JSON schema: { "type": "json_schema" }.',
    )
  return { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: format['schema'] } } }
}
