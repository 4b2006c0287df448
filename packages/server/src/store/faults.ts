import type { ErrorCode } from '@speka/core'

/** Whose fault it was that a caller got an error: the gateway's or its operator's, the upstream's, or the caller's own. */
export const faults = ['gateway', 'upstream', 'caller'] as const

export type Fault = (typeof faults)[number]

/** How many requests ended in an error in an hour, of one model, by whose fault. */
export interface FaultTotals {
  /** When the hour began, in ms since the epoch. */
  readonly at: number
  /** The one that answered, or was tried last; `undefined`: none was. */
  readonly model: string | undefined
  readonly fault: Fault
  readonly requests: number
}

export interface FaultsQuery {
  /** Only what arrived in the hour of this moment, or later; in ms since the epoch. */
  readonly since?: number | undefined
}

/**
 * Whose fault each error is. What an upstream says of a request is the caller's; a limit of rate, where there is a record, is an
 * upstream's, since one of the gateway's refuses before anything is begun.
 */
const faultOfCode: Readonly<Record<ErrorCode, Fault>> = {
  invalid_json: 'caller',
  invalid_request: 'caller',
  invalid_value: 'caller',
  missing_required_parameter: 'caller',
  duplicate_parameter: 'caller',
  unsupported_parameter: 'caller',
  wrong_endpoint: 'caller',
  context_length_exceeded: 'caller',
  content_policy_violation: 'caller',
  invalid_api_key: 'caller',
  insufficient_quota: 'caller',
  cost_limit_exceeded: 'caller',
  budget_exhausted: 'caller',
  account_suspended: 'caller',
  endpoint_not_allowed: 'caller',
  model_not_allowed: 'caller',
  permission_denied: 'caller',
  model_not_found: 'caller',
  no_matching_target: 'caller',
  unknown_url: 'caller',
  previous_response_not_found: 'caller',
  response_not_found: 'caller',
  generation_not_found: 'caller',
  key_not_found: 'caller',
  not_found: 'caller',
  method_not_allowed: 'caller',
  request_timeout: 'caller',
  request_in_progress: 'caller',
  conflict: 'caller',
  precondition_failed: 'caller',
  request_too_large: 'caller',
  unsupported_media_type: 'caller',
  misdirected_request: 'caller',
  idempotency_key_reused: 'caller',
  headers_too_large: 'caller',
  client_closed_request: 'caller',
  rate_limit_exceeded: 'upstream',
  upstream_error: 'upstream',
  upstream_unreachable: 'upstream',
  upstream_bad_response: 'upstream',
  upstream_incomplete: 'upstream',
  upstream_timeout: 'upstream',
  // Nobody is left to ask: each was tried, or is left alone since it failed.
  no_healthy_target: 'upstream',
  // The operator's own key was refused.
  upstream_auth_failed: 'gateway',
  internal_error: 'gateway',
  storage_unavailable: 'gateway',
  limit_unavailable: 'gateway',
  identity_unavailable: 'gateway',
  server_shutdown: 'gateway',
  gateway_loop: 'gateway',
}

const table: Readonly<Record<string, Fault | undefined>> = faultOfCode

/**
 * Whose fault it was that a request ended as it did; `undefined`: its caller got no error. What is not known to be anybody's is
 * the gateway's.
 */
export function faultOf(outcome: string, errorCode: string | undefined): Fault | undefined {
  if (outcome !== 'failed' && outcome !== 'interrupted') return undefined
  return table[errorCode ?? ''] ?? 'gateway'
}
