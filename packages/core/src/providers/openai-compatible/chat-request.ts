import type { UpstreamRequest } from '../../transport.ts'
import type { ChatCall } from '../../operations/chat/chat-call.ts'
import { setMember, type Edit } from '../../bytes/splice.ts'
import type { TranslationTarget } from '../provider.ts'
import { applyRules } from './apply-rules.ts'
import type { ChatRules } from './chat-rules.ts'
import { jsonRequest } from './json-request.ts'

const PATH = '/chat/completions'
const NONE: readonly Edit[] = []

/** The caller's bytes with as little changed as the upstream's rules allow. */
export function chatRequest(call: ChatCall, target: TranslationTarget, rules: ChatRules): UpstreamRequest {
  const { edits, leavesOut, takesStreamOptions } = applyRules(call, target, rules)
  const asking = takesStreamOptions ? askingForUsage(call, rules.takes !== undefined) : NONE
  return jsonRequest(PATH, call, target, false, asking.length === 0 ? edits : [...edits, ...asking], leavesOut)
}

/** The same for an upstream that is a gateway too: it takes whatever callers send, and routes by itself. */
export const gatewayChatRequest = (call: ChatCall, target: TranslationTarget): UpstreamRequest =>
  jsonRequest(PATH, call, target, true, askingForUsage(call, false))

/** In a stream usage is always asked for: an answer without it cannot be priced. */
function askingForUsage({ scan, outline, stream, wantsUsage }: ChatCall, isStrict: boolean): readonly Edit[] {
  if (!stream) return NONE
  const options = outline.stream_options ?? {}
  const others = isStrict && Object.keys(options).length > 1
  if (wantsUsage && !others) return NONE
  return [setMember(scan, 'stream_options', JSON.stringify({ ...(!isStrict && options), include_usage: true }))]
}
