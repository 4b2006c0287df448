import { HIDDEN_TOKENS } from '../operations/chat/most-of-chat.ts'
import { boundOfPrompt } from '../meter/most-usage.ts'
import type { Call } from '../operations/call.ts'

/** What an upstream may put before a prompt by itself when it is offered no tools: a few lines, and marks around each message. */
const FEW_HIDDEN_TOKENS = 1024

/**
 * The most tokens that a prompt can have, looked at more closely where that is worth while: money is short. An upstream that says
 * it had more is not believed.
 */
export function closerPromptBound(call: Call): number {
  const most = call.mostPromptTokens ?? boundOfPrompt(call)
  if (most === Infinity || call.endpoint !== 'chat') return most
  const { tools } = call.outline
  const hidden = Array.isArray(tools) && tools.length > 0 ? HIDDEN_TOKENS : FEW_HIDDEN_TOKENS
  return most - HIDDEN_TOKENS + hidden
}
