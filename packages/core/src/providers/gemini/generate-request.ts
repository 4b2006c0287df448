import type { UpstreamRequest } from '../../transport.ts'
import type { ChatCall } from '../../operations/chat/chat-call.ts'
import type { Counting, TranslationTarget } from '../provider.ts'
import { answerFormat } from '../translated/answer-format.ts'
import { openRequest, readConversation } from '../translated/conversation.ts'
import { checkStopTexts } from '../translated/stop-texts.ts'
import { writeContents } from './contents.ts'
import { geminiFamily } from './gemini-family.ts'
import { geminiApi, type GeminiHost } from './gemini-host.ts'
import { geminiSchema } from './json-schema.ts'
import { readParameters } from './parameters.ts'
import { writeTools } from './tools.ts'

export const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json',
  'accept-encoding': 'identity',
}
const STREAM_HEADERS = { ...HEADERS, accept: 'text/event-stream' }

/**
 * A chat request as one of Gemini's `generateContent`.
 *
 * @throws SpekaError when it has something that this API has no room for.
 */
export function generateRequest(
  call: ChatCall,
  target: TranslationTarget,
  host: GeminiHost = geminiApi,
): UpstreamRequest {
  const { body, write } = generateBody(call, target, host)
  return {
    method: 'POST',
    path: host.path(target.upstreamModel, call.stream ? 'streamGenerateContent?alt=sse' : 'generateContent'),
    headers: call.stream ? STREAM_HEADERS : HEADERS,
    body: write(body),
  }
}

/**
 * How Gemini is asked for the tokens of a request.
 *
 * https://ai.google.dev/api/tokens, https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/count-tokens
 */
export const countingAt = (host: GeminiHost): Counting => ({
  request(call, target) {
    const { body, write } = generateBody(call, target, host)
    const said = Object.fromEntries(Object.entries(body).filter(([name]) => COUNTED.has(name)))
    return {
      method: 'POST',
      path: host.path(target.upstreamModel, 'countTokens'),
      headers: HEADERS,
      body: write(host.counted(said, target.upstreamModel)),
    }
  },
  read: ({ totalTokens }) => totalTokens,
})

/** How to answer is none of what is counted. */
const COUNTED: ReadonlySet<string> = new Set(['systemInstruction', 'contents', 'tools'])

function generateBody(call: ChatCall, { upstreamModel }: TranslationTarget, host: GeminiHost) {
  const { request, write } = openRequest(call)
  const family = geminiFamily(upstreamModel)
  const { system, contents } = writeContents(readConversation(request['messages']), family, host)
  const { json, schema } = answerFormat(request['response_format'])
  checkStopTexts(request['stop'])
  const config = {
    ...readParameters(request, family).generationConfig,
    ...(json && { responseMimeType: 'application/json' }),
    ...(schema !== undefined && { responseJsonSchema: geminiSchema(schema) }),
  }
  const body = {
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    contents,
    ...writeTools(request),
    ...(Object.keys(config).length > 0 && { generationConfig: config }),
  }
  return { body, write }
}
