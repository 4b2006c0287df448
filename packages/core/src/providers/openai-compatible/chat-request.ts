import type { UpstreamRequest } from '../../transport.ts'
import type { ChatCall } from '../../wire/chat-call.ts'
import { dropMembers, setMember, splice, type Edit } from '../../wire/splice.ts'
import type { TranslationTarget } from '../provider.ts'

/** Fields that steer the gateway and mean nothing to an upstream. */
const ROUTING_FIELDS = new Set(['models', 'provider'])

const HEADERS = { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' }
const STREAM_HEADERS = { ...HEADERS, accept: 'text/event-stream' }

/**
 * The caller's bytes with as little changed as possible: the model's upstream name, and usage asked for in a stream,
 * since an answer without usage cannot be priced.
 *
 * @param forwardsRouting whether the upstream is a gateway that falls back by itself and wants the routing fields.
 */
export function chatRequest(call: ChatCall, target: TranslationTarget, forwardsRouting: boolean): UpstreamRequest {
  const { scan, outline } = call
  const edits: Edit[] = []
  if (outline.model !== target.upstreamModel) edits.push(setMember(scan, 'model', JSON.stringify(target.upstreamModel)))
  if (call.stream && !call.wantsUsage) {
    edits.push(setMember(scan, 'stream_options', JSON.stringify({ ...outline.stream_options, include_usage: true })))
  }
  if (!forwardsRouting) edits.push(...dropMembers(scan, (key) => ROUTING_FIELDS.has(key)))
  else if (target.fallbackModels !== undefined)
    edits.push(setMember(scan, 'models', JSON.stringify(target.fallbackModels)))
  return {
    method: 'POST',
    path: '/chat/completions',
    headers: call.stream ? STREAM_HEADERS : HEADERS,
    body: edits.length === 0 ? [call.body] : splice(call.body, edits),
  }
}
