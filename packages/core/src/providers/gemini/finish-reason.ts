import { isRecord } from '../../json.ts'
import type { FinishReason } from '../../operations/chat/chat.ts'
import { BROKE_OFF, meaningOf } from '../finish-words.ts'

/** Whether the model went wrong, or the upstream did. */
export const saysBroken = (reason: unknown): boolean => typeof reason === 'string' && meaningOf(reason) === BROKE_OFF

/** Why a candidate ended, in OpenAI's words. What is not known here is a stop like any other. */
export function finishReasonFor(reason: unknown, calledTools: boolean): FinishReason {
  const known = (typeof reason === 'string' ? meaningOf(reason) : undefined) ?? 'stop'
  return known === 'stop' && calledTools ? 'tool_calls' : known
}

/** Whether the prompt itself was refused. */
export const saysBlocked = (feedback: unknown): boolean =>
  isRecord(feedback) && typeof feedback['blockReason'] === 'string' && feedback['blockReason'] !== ''
