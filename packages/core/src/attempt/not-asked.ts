import { SpekaError } from '../errors.ts'
import type { Failure } from '../failure.ts'
import { unknownUsage } from '../usage.ts'
import type { Attempt, AttemptListener } from './attempt.ts'

/**
 * The failure of an attempt that ended before anything was sent. What a provider's translation refuses
 * does not fit this target, with which nothing is wrong; another may take it.
 */
export function notAsked(cause: unknown): Failure {
  if (!SpekaError.is(cause) || cause.status >= 500)
    return { class: 'unknown', mayBeBilled: false, message: 'could not be asked', cause }
  const { code, param, message } = cause
  return {
    class: 'unfit',
    mayBeBilled: false,
    message: 'cannot be asked this',
    quote: message,
    code,
    param,
    cause,
  }
}

/** Stands in for an attempt that could not be begun, until it is heard of. */
export const unbegun = (listener: AttemptListener, cancel: () => void): Attempt => ({
  resume() {
    // It has nothing to deliver.
  },
  abort(failure) {
    cancel()
    listener.end({ ok: false, facts: { usage: unknownUsage }, failure })
  },
})
