import type { ChatCall } from '../../operations/chat/chat-call.ts'
import type { UpstreamRequest } from '../../transport.ts'
import { isRecord } from '../../json.ts'
import type { TranslationTarget } from '../provider.ts'
import { openRequest } from '../translated/conversation.ts'
import { inputItems } from './input-items.ts'
import { responseParameters } from './response-parameters.ts'
import { responseTools } from './response-tools.ts'

const HEADERS = { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' }
const STREAM_HEADERS = { ...HEADERS, accept: 'text/event-stream' }

/**
 * A chat request as one of OpenAI's responses API.
 *
 * @throws SpekaError when it has something that this API has no room for.
 */
export function responsesRequest(call: ChatCall, { upstreamModel }: TranslationTarget): UpstreamRequest {
  const { request, write } = openRequest(call)
  const options = request['stream_options']
  const obfuscation = isRecord(options) ? options['include_obfuscation'] : undefined
  const body = {
    model: upstreamModel,
    input: inputItems(request['messages']),
    ...responseParameters(request),
    ...responseTools(request),
    ...(typeof request['stream'] === 'boolean' && { stream: request['stream'] }),
    ...(call.stream && typeof obfuscation === 'boolean' && { stream_options: { include_obfuscation: obfuscation } }),
  }
  return { method: 'POST', path: '/responses', headers: call.stream ? STREAM_HEADERS : HEADERS, body: write(body) }
}
