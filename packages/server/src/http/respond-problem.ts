import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { ErrorCode, LimitTold, RequestId, SpekaError } from '@speka/core'

/** RFC 9457: problem details for HTTP APIs. */
interface Problem {
  readonly status: number
  readonly title: string
  readonly detail: string
  /** For programs: what went wrong, by the name it has in every error of the gateway. */
  readonly code: ErrorCode
  /** The field at fault. */
  readonly param?: string | undefined
  /** The limit that refused it. */
  readonly limit?: LimitTold | undefined
}

/** The one place where an error becomes a response of the management API, and of whatever else is beside `/v1`. */
export function respondProblem(response: ServerResponse, id: RequestId, error: SpekaError): void {
  if (response.headersSent || response.destroyed) return
  const { status, code, message, param, limit, retryAfterMs } = error
  const problem: Problem = { status, title: STATUS_CODES[status] ?? 'Error', detail: message, code, param, limit }
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': id,
    ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
  })
  response.end(JSON.stringify(problem))
}
