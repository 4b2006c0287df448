import type { RatesTold } from './rates-told.ts'

/** One row: what an error code means on the wire. */
interface ErrorRow {
  readonly status: number
  /** OpenAI's coarse kind. */
  readonly type: string
  /** Whether sending the same request again can help: becomes `x-should-retry`. */
  readonly retry: boolean
}

const row = (status: number, type: string, retry = false): ErrorRow => ({ status, type, retry })

/**
 * Every error a caller can see. The code is for programs, the message for people. The official SDKs choose their
 * exception class by status and retry 408, 409, 429 and 5xx unless `x-should-retry` says otherwise.
 */
export const errorTable = {
  invalid_json: row(400, 'invalid_request_error'),
  invalid_request: row(400, 'invalid_request_error'),
  invalid_value: row(400, 'invalid_request_error'),
  missing_required_parameter: row(400, 'invalid_request_error'),
  duplicate_parameter: row(400, 'invalid_request_error'),
  unsupported_parameter: row(400, 'invalid_request_error'),
  wrong_endpoint: row(400, 'invalid_request_error'),
  context_length_exceeded: row(400, 'invalid_request_error'),
  content_policy_violation: row(400, 'invalid_request_error'),
  invalid_api_key: row(401, 'invalid_request_error'),
  insufficient_quota: row(402, 'insufficient_quota'),
  cost_limit_exceeded: row(402, 'insufficient_quota'),
  budget_exhausted: row(402, 'insufficient_quota'),
  account_suspended: row(403, 'permission_error'),
  endpoint_not_allowed: row(403, 'permission_error'),
  model_not_allowed: row(403, 'permission_error'),
  permission_denied: row(403, 'permission_error'),
  model_not_found: row(404, 'invalid_request_error'),
  no_matching_target: row(404, 'invalid_request_error'),
  unknown_url: row(404, 'invalid_request_error'),
  previous_response_not_found: row(404, 'invalid_request_error'),
  response_not_found: row(404, 'invalid_request_error'),
  generation_not_found: row(404, 'invalid_request_error'),
  key_not_found: row(404, 'invalid_request_error'),
  not_found: row(404, 'invalid_request_error'),
  method_not_allowed: row(405, 'invalid_request_error'),
  request_timeout: row(408, 'timeout'),
  request_in_progress: row(409, 'invalid_request_error', true),
  conflict: row(409, 'invalid_request_error'),
  precondition_failed: row(412, 'invalid_request_error'),
  request_too_large: row(413, 'invalid_request_error'),
  unsupported_media_type: row(415, 'invalid_request_error'),
  misdirected_request: row(421, 'invalid_request_error'),
  idempotency_key_reused: row(422, 'invalid_request_error'),
  rate_limit_exceeded: row(429, 'rate_limit_error', true),
  headers_too_large: row(431, 'invalid_request_error'),
  client_closed_request: row(499, 'invalid_request_error'),
  internal_error: row(500, 'server_error'),
  upstream_error: row(502, 'upstream_error'),
  upstream_unreachable: row(502, 'upstream_error'),
  upstream_auth_failed: row(502, 'upstream_error'),
  upstream_bad_response: row(502, 'upstream_error'),
  upstream_incomplete: row(502, 'upstream_error'),
  no_healthy_target: row(503, 'server_error'),
  storage_unavailable: row(503, 'server_error', true),
  limit_unavailable: row(503, 'server_error', true),
  identity_unavailable: row(503, 'server_error', true),
  server_shutdown: row(503, 'server_error', true),
  upstream_timeout: row(504, 'upstream_error'),
  gateway_loop: row(508, 'server_error'),
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorTable

/** The limit that a request was refused by, as far as its caller may know it. Amounts of money are decimal strings in USD. */
export interface LimitTold {
  readonly subject: string
  readonly kind: string
  /** Of money: `day`, `week`, `month`, `lifetime`; of rates: `minute`, `day`, `parallel`. */
  readonly window: string
  readonly limit: string
  readonly spent: string
  readonly held: string
  /** In ISO 8601; `null`: never. */
  readonly resets_at: string | null
}

export interface SpekaErrorOptions {
  /** The request field at fault, as OpenAI spells it: `messages[0].role`. */
  readonly param?: string | undefined
  /** When trying again may help, in ms from now. */
  readonly retryAfterMs?: number | undefined
  /** For logs; never shown to a caller. */
  readonly cause?: unknown
  /** Overrides the table's advice on retrying. */
  readonly retry?: boolean | undefined
  /** See {@link SpekaError.requestId}. */
  readonly requestId?: string | undefined
  /** See {@link SpekaError.limit}. */
  readonly limit?: LimitTold | undefined
  /** See {@link SpekaError.upstreamStatus}. */
  readonly upstreamStatus?: number | undefined
}

const brand = Symbol.for('speka.error')

/**
 * The one kind of error Speka throws: a code from {@link errorTable}, a message fit to read, a cause for the log.
 * Recognise it with {@link SpekaError.is}, which also works across two copies of the package.
 */
export class SpekaError extends Error {
  override readonly name = 'SpekaError'
  readonly code: ErrorCode
  readonly param: string | undefined
  readonly retryAfterMs: number | undefined
  readonly retry: boolean
  /** The limit that refused it. Default: no limit did, or the caller may not know it. */
  readonly limit: LimitTold | undefined
  /** The HTTP status of the upstream whose failure it is. Default: it is nobody's, or came without one. */
  readonly upstreamStatus: number | undefined
  /** The id of the request that it ended, once there is one: what to look for in a log. */
  requestId: string | undefined
  /** Where the rates of the caller stood when it was refused. Default: nothing limits him, or nobody has looked yet. */
  rates: RatesTold | undefined
  /** Said by a ledger of a record that it has refused: it is nowhere and will be nowhere, so what it charged is free. */
  isUnrecorded = false
  readonly [brand] = true

  constructor(code: ErrorCode, message: string, options: SpekaErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.param = options.param
    this.retryAfterMs = options.retryAfterMs
    this.retry = options.retry ?? errorTable[code].retry
    this.requestId = options.requestId
    this.limit = options.limit
    this.upstreamStatus = options.upstreamStatus
  }

  /** The HTTP status this error has on the wire. */
  get status(): number {
    return errorTable[this.code].status
  }

  /** OpenAI's coarse kind of error. */
  get type(): string {
    return errorTable[this.code].type
  }

  static is(error: unknown): error is SpekaError {
    return error instanceof Error && brand in error
  }
}

/** Says of an error which request it ended, unless it says so already. Anything else stays as it is. */
export function ofRequest(error: unknown, requestId: string): unknown {
  if (SpekaError.is(error)) error.requestId ??= requestId
  return error
}

/** Any thrown thing as a {@link SpekaError}: what is not one already becomes an `internal_error` that tells nothing. */
export function toSpekaError(error: unknown): SpekaError {
  if (SpekaError.is(error)) return error
  return new SpekaError('internal_error', 'Something went wrong inside the gateway. The log has the details.', {
    cause: error,
  })
}
