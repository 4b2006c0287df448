import { SpekaError } from '../errors.ts'
import { callerSees, type Failure } from '../failure.ts'

/** The official SDKs ignore a longer wait, and try again at once. */
const LONGEST_WAIT_MS = 60_000

/** What there is to say of a request besides its last failure. */
export interface FailedRequest {
  readonly requestId: string
  readonly attempts: number
  /** See {@link RunWorld.relaysErrors}. */
  readonly relaysErrors: boolean
}

/** Who failed. */
export interface FailedTarget {
  readonly provider: string
  /** Default: it was not asked for a model's answer. */
  readonly model?: string | undefined
}

/** What the caller is told about the last failure: who failed, how, and whether to come back. */
export function callerError(failure: Failure, target: FailedTarget, request: FailedRequest): SpekaError {
  const { class: failureClass, retryAfterMs, quote, told, cause } = failure
  const { attempts, relaysErrors } = request
  if (relaysErrors && told !== undefined) {
    const { code, message, param, retry, requestId = request.requestId } = told
    return new SpekaError(code, message, { param, retry, retryAfterMs, cause, requestId })
  }
  const { provider, model } = target
  const words = quote === undefined ? '' : `: ${quote}`
  const about = model === undefined ? '' : ` (model "${model}")`
  const tries = attempts > 1 ? ` after ${attempts} attempts` : ''
  const message = `Provider "${provider}" ${failure.message}${about}${tries}${words || '.'}`
  return new SpekaError(failure.code ?? callerSees[failureClass], message, {
    param: failure.param,
    retryAfterMs,
    cause,
    requestId: request.requestId,
    upstreamStatus: failure.status,
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
