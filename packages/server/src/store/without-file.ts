import { SpekaError } from '@speka/core'

/** How long a caller is asked to wait, in ms: a store that works again is noticed in that time. */
const RETRY_AFTER_MS = 1000

/** A failure of the store as a caller hears of it. Which file it is, and what is wrong, is the operator's affair: that is the cause. */
export function withoutFile(error: SpekaError): SpekaError {
  if (error.code !== 'storage_unavailable') {
    return new SpekaError(error.code, 'This request cannot be recorded, so its answer is not delivered as finished.', {
      cause: error,
    })
  }
  const message = 'The gateway cannot record requests at the moment, so it finishes and takes none. Try again shortly.'
  return new SpekaError('storage_unavailable', message, { retryAfterMs: RETRY_AFTER_MS, cause: error })
}
