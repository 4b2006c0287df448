import type { FinishReason } from '../../wire/chat.ts'
import { isRecord } from '../../wire/read-usage.ts'

const finishReasons: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
}

/** Reasons that say the model went wrong: what it made of a tool call cannot be used. */
const BROKEN = new Set([
  'MALFORMED_FUNCTION_CALL',
  'MALFORMED_RESPONSE',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MISSING_THOUGHT_SIGNATURE',
])

export const saysBroken = (reason: unknown): boolean => BROKEN.has(String(reason))

/** Why a candidate ended, in OpenAI's words. What is not known here is a stop like any other. */
export function finishReasonFor(reason: unknown, calledTools: boolean): FinishReason {
  const known = Object.hasOwn(finishReasons, String(reason)) ? finishReasons[String(reason)] : undefined
  return known === undefined || known === 'stop' ? (calledTools ? 'tool_calls' : 'stop') : known
}

/** Whether the prompt itself was refused. */
export const saysBlocked = (feedback: unknown): boolean =>
  isRecord(feedback) && typeof feedback['blockReason'] === 'string' && feedback['blockReason'] !== ''
