import { isRecord } from '../../json.ts'
import type { FinishReason } from '../../operations/chat/chat.ts'
import { BROKE_OFF, meaningOf } from '../finish-words.ts'

/** Whether the model went wrong, or the upstream did. */
export const saysBroken = (reason: unknown): boolean => typeof reason === 'string' && meaningOf(reason) === BROKE_OFF

/**
 * Reasons that explain nothing: with something said they are a stop like any other, without it the answer never came, and
 * another try may bring one.
 *
 * https://ai.google.dev/api/generate-content#FinishReason: OTHER is "unknown", the other two are of pictures that did not come.
 */
const unexplained: ReadonlySet<unknown> = new Set(['OTHER', 'IMAGE_OTHER', 'NO_IMAGE'])

/** Whether a candidate that said nothing has ended for no reason that explains it. */
export const saysNothingOfWhy = (reason: unknown): boolean => unexplained.has(reason)

/** Why a candidate ended, in OpenAI's words. What is not known here is a stop like any other. */
export function finishReasonFor(reason: unknown, calledTools: boolean): FinishReason {
  const known = (typeof reason === 'string' ? meaningOf(reason) : undefined) ?? 'stop'
  return known === 'stop' && calledTools ? 'tool_calls' : known
}

/** Whether the prompt itself was refused. */
export const saysBlocked = (feedback: unknown): boolean =>
  isRecord(feedback) && typeof feedback['blockReason'] === 'string' && feedback['blockReason'] !== ''
