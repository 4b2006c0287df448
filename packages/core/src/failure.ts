import type { ErrorCode } from './errors.ts'

/**
 * What a failed attempt means for the next one. Every provider maps its own statuses and codes to these; the engine
 * decides by class alone.
 */
export type FailureClass =
  /** The upstream had a bad moment: 5xx, a reset, an unreadable answer. */
  | 'transient'
  /** Nothing came in time. */
  | 'timeout'
  /** Too many requests; the upstream may say when to come back. */
  | 'rate_limit'
  /** The operator's account at the provider is out of money or allowance. */
  | 'quota'
  /** The operator's key was refused. */
  | 'credential'
  /** The upstream does not serve this model, or no longer. */
  | 'model_unavailable'
  /** The prompt does not fit this model. */
  | 'context_window'
  /** The upstream declined the content. */
  | 'content_policy'
  /** The request itself is wrong: every target would refuse it. */
  | 'caller_fault'
  /** This target cannot be asked such a thing: another may. Nothing is wrong with the target. */
  | 'unfit'
  /** The caller left. */
  | 'cancelled'
  | 'unknown'

export interface Failure {
  readonly class: FailureClass
  /** Whether the upstream may charge for this attempt: it had the request and did not clearly refuse it. */
  readonly mayBeBilled: boolean
  /** Whether the caller ended it, by leaving or by a limit of its own: what was delivered by then is charged. */
  readonly byCaller?: boolean | undefined
  /** What happened, in our own words: safe to show and to keep. */
  readonly message: string
  /** What the upstream says about the request, made safe to show. For the caller alone: it may quote the prompt. */
  readonly quote?: string | undefined
  /** The upstream's HTTP status, when there was one. */
  readonly status?: number | undefined
  /** How long the upstream asked us to wait, in ms. */
  readonly retryAfterMs?: number | undefined
  /** Whether the upstream advises against a second try: the same target is then not asked again. Default: it does not. */
  readonly isFinal?: boolean | undefined
  /** A closer code for the caller than the one {@link callerSees} gives the class. */
  readonly code?: ErrorCode | undefined
  /** The request field at fault, when the upstream named one. */
  readonly param?: string | undefined
  /** What an upstream that is a gateway too told us, as it would have told a caller of its own. */
  readonly told?: Told | undefined
  /** For the operator's log only. */
  readonly cause?: unknown
}

/** An error made for callers. */
export interface Told {
  readonly code: ErrorCode
  readonly message: string
  readonly param: string | undefined
  /** What that gateway calls the request. */
  readonly requestId: string | undefined
  /** Whether it advises to try again. */
  readonly retry: boolean
}

/** What the caller is told when the last attempt failed with this class. */
export const callerSees: Readonly<Record<FailureClass, ErrorCode>> = {
  transient: 'upstream_error',
  timeout: 'upstream_timeout',
  rate_limit: 'rate_limit_exceeded',
  quota: 'no_healthy_target',
  credential: 'upstream_auth_failed',
  model_unavailable: 'no_healthy_target',
  context_window: 'context_length_exceeded',
  content_policy: 'content_policy_violation',
  caller_fault: 'invalid_request',
  unfit: 'invalid_request',
  cancelled: 'client_closed_request',
  unknown: 'upstream_error',
}
