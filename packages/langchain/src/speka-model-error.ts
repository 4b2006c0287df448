import * as errors from '@langchain/core/errors'
import { SpekaError, type ErrorCode, type LimitTold } from '@speka/core'

/** What a failed call tells a program, whatever class its error has. */
export interface SpekaErrorFields {
  /** The gateway's code, such as `model_not_found`. */
  readonly code: ErrorCode
  /** The HTTP status it has on the wire. */
  readonly status: number
  /** OpenAI's coarse kind of error. */
  readonly type: string
  /** The request field at fault. */
  readonly param: string | undefined
  /** The id under which the gateway knows the request; `undefined` when it never got there. */
  readonly requestId: string | undefined
  /** When trying again may help, in ms from now. */
  readonly retryAfterMs: number | undefined
  /** Whether the same request may succeed later. */
  readonly retry: boolean
  /** The limit of the gateway that refused it; `undefined`: none did, or the caller may not know it. */
  readonly limit: LimitTold | undefined
}

/** LangChain's own names for what went wrong, which lead to a page of its documentation. */
const langChainCodes: Partial<Record<ErrorCode, string>> = {
  invalid_api_key: 'MODEL_AUTHENTICATION',
  model_not_found: 'MODEL_NOT_FOUND',
  rate_limit_exceeded: 'MODEL_RATE_LIMIT',
}

/** The mark by which `SpekaError.is` knows its own. */
const brand = Symbol.for('speka.error')

/**
 * A call that failed: LangChain's base class with the gateway's code, status and request id. `SpekaError.is` recognises it
 * too. A prompt that does not fit is LangChain's `ContextOverflowError` instead, with the same fields.
 */
export class SpekaModelError extends errors.LangChainError implements SpekaErrorFields {
  override readonly name: string = 'SpekaModelError'
  declare readonly code: ErrorCode
  declare readonly status: number
  declare readonly type: string
  declare readonly param: string | undefined
  declare readonly requestId: string | undefined
  declare readonly retryAfterMs: number | undefined
  declare readonly retry: boolean
  declare readonly limit: LimitTold | undefined
  /** LangChain's name for it, where it has one. */
  readonly lc_error_code: string | undefined

  constructor(error: SpekaError) {
    super(error.message)
    this.lc_error_code = langChainCodes[error.code]
    takeOver(this, error)
  }
}

/** Any thrown thing as LangChain's users expect it. What the gateway did not throw, an abort above all, stays as it is. */
export function toLangChainError(error: unknown): unknown {
  if (!SpekaError.is(error) || error instanceof SpekaModelError) return error
  if (error.code !== 'context_length_exceeded') return new SpekaModelError(error)
  return takeOver(errors.ContextOverflowError.fromError(error), error)
}

function takeOver<Target extends Error>(target: Target, error: SpekaError): Target {
  const { code, status, type, param, requestId, retryAfterMs, retry, limit } = error
  Object.assign(target, {
    code,
    status,
    type,
    param,
    requestId,
    retryAfterMs,
    retry,
    limit,
    cause: error,
    [brand]: true,
  })
  // Later versions of LangChain look at this mark before they try again.
  errors.stampRetryable?.(target, retry)
  return target
}

/** What LangChain's own retrying, where a user switched it on, asks about an error: throws to stop. */
export function stopUnlessRetryable(error: unknown): void {
  if (!SpekaError.is(error) || !error.retry) throw error
}
