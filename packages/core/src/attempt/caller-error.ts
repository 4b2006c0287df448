import { SpekaError } from '../errors.ts'
import { callerSees, type Failure } from '../failure.ts'
import type { Target } from '../route/target.ts'

/** The official SDKs ignore a longer wait, and try again at once. */
const LONGEST_WAIT_MS = 60_000

/** What the caller is told about the last failure: who failed, how, and whether to come back. */
export function callerError(failure: Failure, { provider, model }: Target, attempts: number): SpekaError {
  const { class: failureClass, retryAfterMs, quote } = failure
  const words = quote === undefined ? '' : `: ${quote}`
  const tries = attempts > 1 ? ` after ${attempts} attempts` : ''
  const message = `Provider "${provider}" ${failure.message} (model "${model}")${tries}${words || '.'}`
  return new SpekaError(failure.code ?? callerSees[failureClass], message, {
    param: failure.param,
    retryAfterMs,
    cause: failure.cause,
    // The gateway has used up its own attempts: a client that multiplies them helps nobody, unless it was told when to.
    retry: failureClass === 'rate_limit' && retryAfterMs !== undefined && retryAfterMs <= LONGEST_WAIT_MS,
  })
}

/** What the caller is told when the ledger did not take the record: not the answer's end. */
export function unsettledError(cause: unknown): SpekaError {
  if (SpekaError.is(cause)) return cause
  const message = 'The answer could not be recorded, so it is not delivered as finished. Try again.'
  return new SpekaError('storage_unavailable', message, { cause })
}
