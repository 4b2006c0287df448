import type { Json } from '../../json.ts'
import type { UpstreamRequest } from '../../transport.ts'
import type { ChatCall } from '../../operations/chat/chat-call.ts'
import type { TranslationTarget } from '../provider.ts'
import { parametersLeft } from '../sent-parameters.ts'
import { writeTurns } from '../anthropic/turns.ts'
import { answerFormat } from '../translated/answer-format.ts'
import { openRequest, readConversation, type Conversation } from '../translated/conversation.ts'
import { checkStopTexts, stopTexts } from '../translated/stop-texts.ts'
import { STRICT_LOST, strictFunctions } from '../translated/strict-functions.ts'
import { readToolChoice, readTools } from '../translated/tools.ts'
import { converseBlocks, takesCachePoints } from './converse-blocks.ts'
import { EVENT_STREAM } from './event-stream.ts'
import { modelPath } from './model-path.ts'

const HEADERS = { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' }
const STREAM_HEADERS = { ...HEADERS, accept: EVENT_STREAM }

/**
 * A chat request as one of Bedrock's Converse.
 *
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 *
 * @throws SpekaError when it has something that this API has no room for.
 */
export function converseRequest(call: ChatCall, { upstreamModel }: TranslationTarget): UpstreamRequest {
  const { request, write } = openRequest(call)
  const conversation = readConversation(request['messages'])
  checkStopTexts(request['stop'])
  const { system, messages } = writeTurns(conversation)
  const { json, schema } = answerFormat(request['response_format'])
  const cachePoints = takesCachePoints(upstreamModel)
  const instructions = [...converseBlocks(system, cachePoints), ...(json ? [inWords(schema)] : [])]
  const inferenceConfig = inferenceOf(request)
  const body = {
    messages: messages.map(({ role, content }) => ({ role, content: converseBlocks(content, cachePoints) })),
    ...(instructions.length > 0 && { system: instructions }),
    ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
    ...toolsOf(request, conversation),
  }
  return {
    method: 'POST',
    path: modelPath(upstreamModel, call.stream ? 'converse-stream' : 'converse'),
    headers: call.stream ? STREAM_HEADERS : HEADERS,
    body: write(body),
  }
}

const TAKEN = new Set(['max_tokens', 'max_completion_tokens', 'temperature', 'top_p', 'stop', 'tools', 'tool_choice'])

/** What of a request it has no word for, by OpenAI's names. Never throws. */
export const converseLeavesOut = (request: Json): string[] => [
  ...parametersLeft(request, TAKEN),
  ...(strictFunctions(request).length > 0 ? [STRICT_LOST] : []),
]

function inferenceOf(request: Json): Json {
  const maxTokens = numberIn(request, 'max_completion_tokens') ?? numberIn(request, 'max_tokens')
  const temperature = numberIn(request, 'temperature')
  const topP = numberIn(request, 'top_p')
  const stops = stopTexts(request['stop'])
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    // OpenAI's scale ends at 2, Amazon's at 1.
    ...(temperature !== undefined && { temperature: Math.min(Math.max(temperature, 0), 1) }),
    ...(topP !== undefined && { topP }),
    ...(stops.length > 0 && { stopSequences: stops }),
  }
}

function numberIn(request: Json, name: string): number | undefined {
  const value = request[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** It knows no way to say that no tool may be called: then none is offered, unless the history has calls of some. */
function toolsOf(request: Json, { turns }: Conversation): Json {
  const offered = readTools(request['tools'])
  const { mode, only } = readToolChoice(request['tool_choice']) ?? { mode: 'auto' }
  const single = only?.length === 1 ? only[0] : undefined
  const allowed =
    only === undefined || single !== undefined ? offered : offered.filter(({ name }) => only.includes(name))
  const called = new Set(turns.flatMap((turn) => (turn.role === 'assistant' ? turn.calls.map(({ name }) => name) : [])))
  if (mode === 'none' || allowed.length === 0) {
    if (called.size === 0) return {}
    return { toolConfig: { tools: [...called].map((name) => toolOf({ name })) } }
  }
  const toolChoice = single === undefined ? { any: {} } : { tool: { name: single } }
  return { toolConfig: { tools: allowed.map(toolOf), ...(mode === 'required' && { toolChoice }) } }
}

const toolOf = ({
  name,
  description,
  parameters = {},
}: {
  readonly name: string
  readonly description?: string | undefined
  readonly parameters?: Json | undefined
}): Json => ({
  toolSpec: {
    name,
    ...(description !== undefined && { description }),
    inputSchema: { json: { ...parameters, type: 'object' } },
  },
})

/** For what cannot be enforced. */
function inWords(schema: Json | undefined): Json {
  const which = schema === undefined ? '' : ` It must be valid under this JSON schema: ${JSON.stringify(schema)}`
  return { text: `Answer with one JSON object and nothing else, without Markdown around it.${which}` }
}
