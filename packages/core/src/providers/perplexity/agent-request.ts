import type { ChatCall } from '../../operations/chat/chat-call.ts'
import { isRecord, type Json } from '../../json.ts'
import type { UpstreamRequest } from '../../transport.ts'
import { inputItems } from '../openai/input-items.ts'
import { responseTools } from '../openai/response-tools.ts'
import type { TranslationTarget } from '../provider.ts'
import { parametersLeft } from '../sent-parameters.ts'
import { openRequest } from '../translated/conversation.ts'

const HEADERS = { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' }
const STREAM_HEADERS = { ...HEADERS, accept: 'text/event-stream' }

/** What it calls as callers do: its own, which has no counterpart in chat. */
const OWN = ['instructions', 'language_preference', 'max_steps']

const TAKEN = new Set([...OWN, 'max_tokens', 'max_completion_tokens', 'tools', 'reasoning_effort', 'response_format'])

/** A model, a prompt and searches under one name, which stands in a field of its own: https://docs.perplexity.ai/docs/agent-api/presets */
const presets = new Set(['fast', 'low', 'medium', 'high', 'xhigh'])

/** A chat request as its Agent API takes it. */
export function agentRequest(call: ChatCall, { upstreamModel }: TranslationTarget): UpstreamRequest {
  const { request, write } = openRequest(call)
  const most = request['max_completion_tokens'] ?? request['max_tokens']
  const effort = request['reasoning_effort']
  const format = request['response_format']
  const { tools } = responseTools(request)
  const body = {
    ...(presets.has(upstreamModel) ? { preset: upstreamModel } : { model: upstreamModel }),
    input: inputItems(request['messages']).flatMap(itemOf),
    ...Object.fromEntries(OWN.flatMap((name) => (request[name] == null ? [] : [[name, request[name]]]))),
    ...(typeof most === 'number' && { max_output_tokens: most }),
    ...(typeof effort === 'string' &&
      effort !== 'none' && { reasoning: { effort: effort === 'max' ? 'xhigh' : effort } }),
    ...(isSchema(format) && { response_format: format }),
    ...(tools !== undefined && { tools }),
    ...(call.stream && { stream: true }),
  }
  return { method: 'POST', path: '/responses', headers: call.stream ? STREAM_HEADERS : HEADERS, body: write(body) }
}

/** The parameters of a chat request that it has nothing like, by name, in the caller's order. */
export const lostAtAgents = (request: Json): string[] =>
  parametersLeft(request, TAKEN).concat([
    ...(request['reasoning_effort'] === 'none' ? ['reasoning_effort'] : []),
    ...(isRecord(request['response_format']) && request['response_format']['type'] === 'json_object'
      ? ['response_format']
      : []),
  ])

/** It knows JSON by a schema only. */
const isSchema = (format: unknown): boolean => isRecord(format) && format['type'] === 'json_schema'

/** An item as it knows it: words are said one way whoever says them, and what was thought does not come back. */
function itemOf(item: Json): Json[] {
  if (item['type'] === 'reasoning') return []
  const { content } = item
  if (item['role'] !== 'assistant' || !Array.isArray(content)) return [item]
  const parts = content
    .filter(isRecord)
    .map(({ text, refusal }) => ({ type: 'input_text', text: text ?? refusal ?? '' }))
  return [{ type: 'message', role: 'assistant', content: parts }]
}
