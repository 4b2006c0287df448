import type { BindToolsInput, ToolChoice } from '@langchain/core/language_models/chat_models'
import { convertToOpenAITool } from '@langchain/core/utils/function_calling'
import { toJsonSchema } from '@langchain/core/utils/json_schema'
import { isInteropZodSchema } from '@langchain/core/utils/types'
import type { ChatRequest, FunctionTool } from '@speka/core'
import type { ChatSpekaCallOptions, ChatSpekaSettings } from './chat-options.ts'

/** A request without its conversation. */
export type RequestParameters = ChatParameters & Record<string, unknown>

type ChatParameters = {
  [Field in keyof ChatRequest as string extends Field ? never : Exclude<Field, 'messages'>]: ChatRequest[Field]
}

/** The settings that are fields of the request, and how the wire spells them. */
const wireNames = {
  models: 'models',
  provider: 'provider',
  temperature: 'temperature',
  topP: 'top_p',
  maxTokens: 'max_tokens',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  logitBias: 'logit_bias',
  logprobs: 'logprobs',
  topLogprobs: 'top_logprobs',
  seed: 'seed',
  n: 'n',
  reasoningEffort: 'reasoning_effort',
  user: 'user',
  sessionId: 'session_id',
} as const satisfies Partial<Record<keyof ChatSpekaSettings, string>>

/** The names of all settings. */
export const settingNames = [
  ...(Object.keys(wireNames) as (keyof typeof wireNames)[]),
  'modelKwargs',
  'maxCostUsd',
] as const

/** What a call asks for besides its conversation. Nothing is added that nobody set. */
export function requestParameters(
  model: string,
  settings: ChatSpekaSettings,
  stop: readonly string[] | undefined,
  options: Partial<ChatSpekaCallOptions>,
): RequestParameters {
  const parameters: Record<string, unknown> = { model: options.model ?? model }
  for (const [name, wireName] of Object.entries(wireNames) as [keyof typeof wireNames, string][]) {
    const value = options[name] ?? settings[name]
    if (value !== undefined) parameters[wireName] = value
  }
  const { tools = [], tool_choice, parallel_tool_calls, response_format, strict } = options
  const ends = options.stop ?? stop ?? []
  if (ends.length > 0) parameters['stop'] = ends
  if (tools.length > 0) parameters['tools'] = tools.map((tool) => toOpenAITool(tool, strict))
  const choice = toolChoiceOf(tool_choice)
  if (choice !== undefined) parameters['tool_choice'] = choice
  if (parallel_tool_calls !== undefined) parameters['parallel_tool_calls'] = parallel_tool_calls
  if (response_format != null) parameters['response_format'] = withPlainSchema(response_format)
  return { ...parameters, ...settings.modelKwargs, ...options.modelKwargs } as RequestParameters
}

/** A tool as the wire knows it. One that is so already, or of a kind that only its provider knows, stays as it is. */
export function toOpenAITool(tool: BindToolsInput, strict?: boolean): FunctionTool {
  const converted = convertToOpenAITool(tool) as FunctionTool
  if (strict === undefined || converted.type !== 'function') return converted
  return { ...converted, function: { ...converted.function, strict } }
}

/** LangChain's "any" is the wire's "required"; a bare name means that tool. */
function toolChoiceOf(choice: ToolChoice | undefined): unknown {
  if (typeof choice !== 'string') return choice
  if (choice === 'any') return 'required'
  if (['auto', 'none', 'required', ''].includes(choice)) return choice === '' ? undefined : choice
  return { type: 'function', function: { name: choice } }
}

/** A schema may come as a zod object: the wire wants JSON schema. */
function withPlainSchema(format: NonNullable<ChatSpekaCallOptions['response_format']>): ChatRequest['response_format'] {
  if (format.type !== 'json_schema' || !isInteropZodSchema(format.json_schema?.schema)) return format
  const schema = toJsonSchema(format.json_schema.schema) as Record<string, unknown>
  return { ...format, json_schema: { ...format.json_schema, schema } }
}
