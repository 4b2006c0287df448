import type { LimitTold, SpekaError } from '../errors.ts'

/** Anthropic's error envelope, and the limit where one has refused the request. */
export interface AnthropicErrorBody {
  type: 'error'
  error: { type: string; message: string; code?: string; limit?: LimitTold }
  request_id?: string
}

/** What Anthropic answers with while it has too much to do. RFC 9110 does not know it; Anthropic's clients do. */
const OVERLOADED = 529

/**
 * What Anthropic calls an error, by its status.
 *
 * https://docs.claude.com/en/api/errors
 */
const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  [OVERLOADED]: 'overloaded_error',
}

/** Statuses by which upstreams say that they have too much to do. */
const OVERLOADED_UPSTREAM: ReadonlySet<number | undefined> = new Set([503, OVERLOADED])

/** The HTTP status that Anthropic's API has for `error`: the gateway's own, but where it, or an upstream, has too much to do. */
export function anthropicStatus({ status, code, upstreamStatus }: SpekaError): number {
  const isUpstreams = code === 'upstream_error' && OVERLOADED_UPSTREAM.has(upstreamStatus)
  return isUpstreams || status === 503 ? OVERLOADED : status
}

/**
 * The envelope that tells a caller of Anthropic's API about `error`. Its cause stays behind.
 *
 * @param requestId Default: what the error knows of it.
 */
export function anthropicErrorBody(error: SpekaError, requestId = error.requestId): AnthropicErrorBody {
  const { code, message, limit } = error
  const status = anthropicStatus(error)
  // What ends an answer at a limit has no name of its own there.
  const isOwn = code === 'budget_exhausted'
  const type = types[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')
  return {
    type: 'error',
    error: { type, message, ...(isOwn && { code }), ...(limit !== undefined && { limit }) },
    ...(requestId !== undefined && { request_id: requestId }),
  }
}
