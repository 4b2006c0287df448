import { tokensInPrompt } from '../meter/estimate-usage.ts'
import { boundOfPrompt } from '../meter/most-usage.ts'
import type { Call } from '../operations/call.ts'
import type { ChatCall } from '../operations/chat/chat-call.ts'
import type { ObjectScan } from '../bytes/scan-object.ts'

/**
 * The call of a stream that has begun and that nobody else will be asked for, without its prompt: the answer may take
 * minutes, and is metered by what is left. Any other call is as it was.
 */
export const letGoOfPrompt = (call: Call): Call =>
  call.endpoint === 'chat' && call.stream ? withoutPrompt(call) : call

const withoutPrompt = (call: ChatCall): ChatCall => ({
  ...call,
  body: NO_BYTES,
  scan: NO_MEMBERS,
  outline: { ...call.outline, messages: [], tools: null },
  native: undefined,
  promptTokens: tokensInPrompt(call),
  mostPromptTokens: boundOfPrompt(call),
})

const NO_BYTES = Buffer.alloc(0)
const NO_MEMBERS: ObjectScan = { members: [], longStrings: [], depth: 1, object: { start: 0, end: 0 } }
