import type { UpstreamRequest } from '../../transport.ts'
import type { ChatCall } from '../../wire/chat-call.ts'
import { setMember } from '../../wire/splice.ts'
import type { TranslationTarget } from '../provider.ts'
import { jsonRequest } from './json-request.ts'

/**
 * The caller's bytes with as little changed as possible: usage is asked for in a stream, since an answer without usage
 * cannot be priced.
 *
 * @param forwardsRouting whether the upstream is a gateway that falls back by itself and wants the routing fields.
 */
export function chatRequest(call: ChatCall, target: TranslationTarget, forwardsRouting: boolean): UpstreamRequest {
  const { scan, outline, stream, wantsUsage } = call
  const options = { ...outline.stream_options, include_usage: true }
  const asking = stream && !wantsUsage ? [setMember(scan, 'stream_options', JSON.stringify(options))] : []
  return jsonRequest('/chat/completions', call, target, forwardsRouting, asking)
}
