import type { Json } from '../../json.ts'
import type { UpstreamRequest } from '../../transport.ts'
import type { ChatCall } from '../../operations/chat/chat-call.ts'
import type { TranslationTarget } from '../provider.ts'
import { answerFormat } from '../translated/answer-format.ts'
import { openRequest, readConversation } from '../translated/conversation.ts'
import { checkStopTexts } from '../translated/stop-texts.ts'
import { claudeFamily } from './claude-family.ts'
import { anthropicApi, headAt, type ClaudeHost } from './claude-host.ts'
import { outputSchema } from './output-schema.ts'
import { isHeldToSchema, readParameters } from './parameters.ts'
import { canBeStrict } from './strict-tools.ts'
import { refusePrefill } from '../refuse-prefill.ts'
import { writeTools } from './tools.ts'
import { writeTurns, type Block } from './turns.ts'

const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json',
  'accept-encoding': 'identity',
}
const STREAM_HEADERS = { ...HEADERS, accept: 'text/event-stream' }

/**
 * A chat request as one of Anthropic's Messages API.
 *
 * @throws SpekaError when it has something that this API has no room for.
 */
export function messagesRequest(
  call: ChatCall,
  target: TranslationTarget,
  host: ClaudeHost = anthropicApi,
): UpstreamRequest {
  const { request, write } = openRequest(call)
  const family = claudeFamily(target.upstreamModel)
  const conversation = readConversation(request['messages'])
  const { sends, thinking } = readParameters(request, family)
  checkStopTexts(request['stop'])
  const { system, messages } = writeTurns(conversation)
  const last = messages.at(-1)
  if (last?.role === 'assistant' && last.content.at(-1)?.type === 'text') refusePrefill(target, family.prefills)
  const format = answerFormat(request['response_format'])
  const held = isHeldToSchema(request, family) ? format.schema : undefined
  const asksInWords = format.json && held === undefined ? [inWords(format.schema)] : []
  const output = {
    ...(thinking.effort !== undefined && { effort: thinking.effort }),
    ...(held !== undefined && { format: { type: 'json_schema', schema: outputSchema(held) } }),
  }
  const instructions = [...system, ...asksInWords]
  const body = {
    ...headAt(host, target),
    ...sends,
    ...(instructions.length > 0 && { system: instructions }),
    messages,
    ...writeTools(request, conversation, canBeStrict(request, family)),
    ...(Object.keys(output).length > 0 && { output_config: output }),
    ...(call.stream && host.asksForStreams && { stream: true }),
  }
  return {
    method: 'POST',
    path: host.path(target, call.stream),
    headers: { ...host.headers, ...(call.stream ? { ...STREAM_HEADERS, ...host.streamHeaders } : HEADERS) },
    body: write(body),
  }
}

/** For what cannot be enforced. */
function inWords(schema: Json | undefined): Block {
  const which = schema === undefined ? '' : ` It must be valid under this JSON schema: ${JSON.stringify(schema)}`
  return { type: 'text', text: `Answer with one JSON object and nothing else, without Markdown around it.${which}` }
}
