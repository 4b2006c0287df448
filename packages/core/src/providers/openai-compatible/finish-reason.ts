import { isRecord } from '../../json.ts'
import type { FinishReason } from '../../operations/chat/chat.ts'
import { BROKE_OFF, meaningOf, openAIs } from '../finish-words.ts'

/**
 * Why a choice ended, in OpenAI's words; `undefined` while it has not. Some upstreams send an empty string until then. A word
 * that nobody knows stays.
 */
export function finishReasonOf(choice: Readonly<Record<string, unknown>>): FinishReason | undefined {
  const reason = choice['finish_reason']
  if (typeof reason === 'string' && openAIs.has(reason)) return reason
  if (reason === null || reason === undefined) return undefined
  // SGLang's engine tells more than a word.
  const word = isRecord(reason) ? reason['type'] : reason
  if (typeof word !== 'string' || word === '' || word === 'null') return undefined
  return meaningOf(word) ?? word
}

/** Whether an upstream says by its finish reason that it broke. */
export const saysFailed = (reason: FinishReason | undefined): boolean => reason === BROKE_OFF
