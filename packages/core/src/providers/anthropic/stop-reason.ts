import type { Failure } from '../../failure.ts'
import type { FinishReason } from '../../operations/chat/chat.ts'
import { BROKE_OFF, meaningOf } from '../finish-words.ts'

/**
 * Why Claude stopped, in OpenAI's words. What is not known here is a stop like any other, and one after tool calls is for
 * their sake.
 */
export function finishReasonFor(stopReason: string, called: boolean): FinishReason {
  const reason = meaningOf(stopReason) ?? 'stop'
  return reason === 'stop' && called ? 'tool_calls' : reason
}

/** An answer that does not say why it ended: whole ones do, in JSON and in events. */
export const unfinished: Failure = {
  class: 'transient',
  mayBeBilled: true,
  message: 'sent an answer that does not say why it ended',
  code: 'upstream_incomplete',
}

/** Whether an upstream behind the same API says that it broke. */
export const saysBroken = (stopReason: string): boolean => meaningOf(stopReason) === BROKE_OFF
