import type { LimitTold, SpekaError } from '../errors.ts'

/** Anthropic's error envelope, and the limit where one has refused the request. */
export interface AnthropicErrorBody {
  type: 'error'
  error: { type: string; message: string; code?: string; limit?: LimitTold }
}

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
  503: 'overloaded_error',
  504: 'timeout_error',
}

/** The envelope that tells a caller of Anthropic's API about `error`. Its cause stays behind. */
export function anthropicErrorBody({ status, code, message, limit }: SpekaError): AnthropicErrorBody {
  // What ends an answer at a limit has no name of its own there.
  const isOwn = code === 'budget_exhausted'
  const type = types[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')
  return { type: 'error', error: { type, message, ...(isOwn && { code }), ...(limit !== undefined && { limit }) } }
}
